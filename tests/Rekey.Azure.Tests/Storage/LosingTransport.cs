using Azure.Core;
using Azure.Core.Pipeline;

namespace Rekey.Azure.Tests.Storage;

/// <summary>Delivers requests, but loses the answers it is told to lose.</summary>
internal sealed class LosingTransport : HttpPipelineTransport, IDisposable
{
    private readonly HttpClientTransport _inner = new(new HttpClient());

    /// <summary>Whether the answer to this request gets lost.</summary>
    public Func<Request, bool> Loses { get; set; } = _ => false;

    /// <summary>Requests delivered, such as <c>PUT comp=appendblock</c>.</summary>
    public List<string> Delivered { get; } = [];

    public override Request CreateRequest() => _inner.CreateRequest();

    public override void Process(HttpMessage message) => throw new NotSupportedException();

    public override async ValueTask ProcessAsync(HttpMessage message)
    {
        await _inner.ProcessAsync(message);
        lock (Delivered)
        {
            Delivered.Add($"{message.Request.Method} {message.Request.Uri.PathAndQuery}");
        }

        if (Loses(message.Request))
        {
            throw new IOException("The connection broke before the answer.");
        }
    }

    public void Dispose() => _inner.Dispose();
}
