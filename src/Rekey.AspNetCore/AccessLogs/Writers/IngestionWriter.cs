using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Rekey.AspNetCore.AccessLogs.Rows;

namespace Rekey.AspNetCore.AccessLogs.Writers;

/// <summary>Sends rows over the Logs Ingestion API of Azure Monitor, through a data collection rule.</summary>
internal sealed class IngestionWriter(LogsIngestionOptions options) : IGatewayLogWriter, IDisposable
{
    /// <summary>The API takes 1 MB in a call; a row and the brackets must fit beside the limit here.</summary>
    private const int MaxBytes = 900 * 1024;

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    public async Task WriteAsync(IReadOnlyList<GatewayRow> rows, CancellationToken cancellationToken)
    {
        foreach (var (stream, ofStream) in rows.GroupBy(r => StreamOf(r.Stream)).Where(g => g.Key is not null).Select(g => (g.Key!, g)))
        {
            foreach (var body in Bodies(ofStream))
            {
                await SendAsync(stream, body, cancellationToken);
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private string? StreamOf(string stream) =>
        stream switch
        {
            AcceptedRow.Name => options.AccessStream,
            RefusalRow.Name => options.RefusalStream,
            _ => options.GapStream,
        };

    /// <summary>JSON arrays that are short enough for one call each.</summary>
    private static IEnumerable<ReadOnlyMemory<byte>> Bodies(IEnumerable<GatewayRow> rows)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var json = new Utf8JsonWriter(buffer);
        json.WriteStartArray();
        var count = 0;
        foreach (var row in rows)
        {
            // Azure Monitor replaces TimeGenerated of a row that comes late, and never EventTime.
            row.WriteTo(json, new("EventTime", row.TimeGenerated));
            count++;
            if (json.BytesCommitted + json.BytesPending > MaxBytes)
            {
                json.WriteEndArray();
                json.Flush();
                yield return buffer.WrittenMemory;
                (buffer, count) = (new(), 0);
                json.Reset(buffer);
                json.WriteStartArray();
            }
        }

        json.WriteEndArray();
        json.Dispose();
        if (count > 0)
        {
            yield return buffer.WrittenMemory;
        }
    }

    private async Task SendAsync(string stream, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var address = new Uri(
            options.Endpoint!,
            $"/dataCollectionRules/{Uri.EscapeDataString(options.RuleId)}/streams/{Uri.EscapeDataString(stream)}?api-version=2023-01-01"
        );
        using var request = new HttpRequestMessage(HttpMethod.Post, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await options.Token!(cancellationToken));
        request.Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = new("application/json") } };
        using var response = await _http.SendAsync(request, cancellationToken);
        if (response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge)
        {
            throw new RowsRefusedException($"Azure Monitor answered {(int)response.StatusCode} for the stream {stream}.");
        }

        // Rights and rules come late, and throttling ends: anything else is tried again.
        response.EnsureSuccessStatusCode();
    }
}
