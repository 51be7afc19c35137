using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Rekey.Functions.Tests.Hosting;

/// <summary>Takes what the exporter of Azure Monitor sends: NDJSON of telemetry items, compressed.</summary>
internal sealed class TelemetrySink : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<JsonElement> _items = [];
    private readonly Lock _gate = new();

    private TelemetrySink(WebApplication app) => _app = app;

    /// <summary>As an Application Insights resource shows it.</summary>
    public string ConnectionString =>
        "InstrumentationKey=11111111-2222-4333-8444-555555555555;"
        + $"IngestionEndpoint={_app.Urls.Single()}/;LiveEndpoint={_app.Urls.Single()}/";

    public IReadOnlyList<JsonElement> Items
    {
        get
        {
            lock (_gate)
            {
                return [.. _items];
            }
        }
    }

    public static async Task<TelemetrySink> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "").ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var sink = new TelemetrySink(builder.Build());
        sink._app.MapPost("/{**path}", (Delegate)sink.TakeAsync);
        await sink._app.StartAsync(cancellationToken);
        return sink;
    }

    public void Clear()
    {
        lock (_gate)
        {
            _items.Clear();
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IResult> TakeAsync(HttpContext context)
    {
        await using var body =
            context.Request.Headers.ContentEncoding == "gzip"
                ? new GZipStream(context.Request.Body, CompressionMode.Decompress)
                : context.Request.Body;
        using var reader = new StreamReader(body);
        var count = 0;
        while (await reader.ReadLineAsync(context.RequestAborted) is { } line)
        {
            count++;
            lock (_gate)
            {
                _items.Add(JsonDocument.Parse(line).RootElement.Clone());
            }
        }

        return Results.Json(
            new
            {
                itemsReceived = count,
                itemsAccepted = count,
                errors = Array.Empty<object>(),
            }
        );
    }
}
