using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Rekey.Functions.Trust;

namespace Rekey.AspNetCore.Tests.Support;

/// <summary>Serves documents by their path, as the function app does: with ETag and gzip. It can be made to misbehave.</summary>
internal sealed class ListServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, ServedDocument> _documents = new(StringComparer.Ordinal);

    private ListServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    /// <summary>Answers instead of the documents, when it returns true.</summary>
    public Func<Microsoft.AspNetCore.Http.HttpContext, Task<bool>>? Trouble { get; set; }

    /// <summary>Path, sent key and status of each request.</summary>
    public ConcurrentQueue<(string Path, string? Key, int Status)> Requests { get; } = [];

    /// <summary>Released for each answered request.</summary>
    public SemaphoreSlim Answered { get; } = new(0);

    public static async Task<ListServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new ListServer(builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Serves this document from now on; null serves none.</summary>
    public void Put(string path, byte[]? document)
    {
        if (document is null)
        {
            _documents.TryRemove(path, out _);
        }
        else
        {
            _documents[path] = new(document);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Answered.Dispose();
    }

    private async Task AnswerAsync(Microsoft.AspNetCore.Http.HttpContext context)
    {
        var path = context.Request.Path.Value!;
        try
        {
            if (Trouble is { } trouble && await trouble(context))
            {
                return;
            }

            var result = _documents.TryGetValue(path, out var document)
                ? document.Serve(context, "application/jwt", "private, no-cache")
                : Microsoft.AspNetCore.Http.Results.NotFound();
            await result.ExecuteAsync(context);
        }
        finally
        {
            Requests.Enqueue((path, context.Request.Headers["X-Rekey-Key"].FirstOrDefault(), context.Response.StatusCode));
            Answered.Release();
        }
    }
}
