using System.Buffers;
using System.Text.Json;
using Rekey.AspNetCore.AccessLogs.Rows;

namespace Rekey.AspNetCore.AccessLogs.Writers;

/// <summary>Sends rows over the Logs Ingestion API of Azure Monitor, through a data collection rule.</summary>
internal sealed class IngestionWriter(LogsIngestionOptions options) : IGatewayLogWriter, IDisposable
{
    private readonly LogsIngestionClient _client = new(options, options.Token!);

    public async Task WriteAsync(IReadOnlyList<GatewayRow> rows, CancellationToken cancellationToken)
    {
        foreach (var (stream, ofStream) in rows.GroupBy(r => StreamOf(r.Stream)).Where(g => g.Key is not null).Select(g => (g.Key!, g)))
        {
            foreach (var body in Bodies(ofStream))
            {
                await _client.SendAsync(stream, body, cancellationToken);
            }
        }
    }

    public void Dispose() => _client.Dispose();

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
            if (json.BytesCommitted + json.BytesPending > LogsIngestionClient.MaxBytes)
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
}
