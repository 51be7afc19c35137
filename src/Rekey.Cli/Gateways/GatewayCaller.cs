using System.Buffers;
using System.Text;

namespace Rekey.Cli.Gateways;

/// <summary>Calls the gateway's address with a token.</summary>
internal sealed class GatewayCaller(Uri address) : IDisposable
{
    private const int MaxBody = 64 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        Timeout = Patience,
    };

    public async Task<GatewayAnswer> CallAsync(string? token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        }

        try
        {
            using var reply = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var challenge = reply.Headers.NonValidated.TryGetValues("WWW-Authenticate", out var values) ? string.Join(", ", values) : "";
            return new((int)reply.StatusCode, challenge, await BodyAsync(reply, cancellationToken));
        }
        catch (Exception e)
            when (e is HttpRequestException or IOException
                || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            return new(Status: null, "", $"no answer: {(e is OperationCanceledException ? "it took too long" : e.Message)}");
        }
    }

    public void Dispose() => _http.Dispose();

    private static async Task<string> BodyAsync(HttpResponseMessage reply, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        await using var body = await reply.Content.ReadAsStreamAsync(limit.Token);
        var buffer = ArrayPool<byte>.Shared.Rent(MaxBody);
        try
        {
            var length = await body.ReadAtLeastAsync(buffer.AsMemory(0, MaxBody), MaxBody, throwOnEndOfStream: false, limit.Token);
            return Encoding.UTF8.GetString(buffer, 0, length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
