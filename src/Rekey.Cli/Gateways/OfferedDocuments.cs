using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Rekey.Core;

namespace Rekey.Cli.Gateways;

/// <summary>
/// The documents that the gateway under test pulls, over HTTP: the signed lists as Rekey's app serves them, and what a plain OIDC validator
/// reads. Counts who asked for what.
/// </summary>
internal sealed class OfferedDocuments : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, (byte[] Content, string Type)> _documents = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _asked = new(StringComparer.Ordinal);
    private readonly Task _serving;

    /// <exception cref="CannotContinueException">The address cannot be listened at.</exception>
    public OfferedDocuments(Uri address)
    {
        _listener.Prefixes.Add($"{address.GetLeftPart(UriPartial.Authority)}/");
        try
        {
            _listener.Start();
        }
        catch (HttpListenerException e)
        {
            throw new CannotContinueException(
                "cannot-listen",
                $"This machine cannot serve the test's documents at {address}: {e.Message}.",
                "Name a free port with --listen, such as --listen http://127.0.0.1:8701"
            );
        }

        _serving = ServeAsync();
    }

    /// <summary>Serves this document from now on.</summary>
    public void Put(string path, byte[] content, string type) => _documents[path] = (content, type);

    public void Put(string path, string json) => Put(path, Encoding.UTF8.GetBytes(json), "application/json");

    /// <summary>How often a path was asked for.</summary>
    public int Asked(string path) => _asked.GetValueOrDefault(path);

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            try
            {
                await AnswerAsync(context);
            }
            catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException or InvalidOperationException)
            {
                // The gateway hung up.
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var path = context.Request.Url?.AbsolutePath ?? "";
        if (_documents.TryGetValue(path, out var document))
        {
            context.Response.ContentType = document.Type;
            context.Response.ContentLength64 = document.Content.Length;
            await context.Response.OutputStream.WriteAsync(document.Content);

            // Counted when it was sent, and only for what is served: a caller cannot fill the memory with paths.
            _asked.AddOrUpdate(path, 1, (_, n) => n + 1);
        }
        else
        {
            context.Response.StatusCode = 404;
        }

        context.Response.Close();
    }
}
