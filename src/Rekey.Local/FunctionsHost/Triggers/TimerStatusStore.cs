using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Rekey.Local.FunctionsHost.Envelopes;

namespace Rekey.Local.FunctionsHost.Triggers;

/// <summary>Where monitored timers remember their last run: a blob in AzureWebJobsStorage, at the host's own path.</summary>
internal sealed class TimerStatusStore(string? connectionString)
{
    private const string Container = "azure-webjobs-hosts";
    private readonly Dictionary<string, TimerStatus> memory = [];
    private readonly Lock gate = new();

    public async Task<TimerStatus?> ReadAsync(string function, CancellationToken cancellationToken)
    {
        if (connectionString is null)
        {
            lock (gate)
            {
                return memory.GetValueOrDefault(function);
            }
        }

        try
        {
            var blob = (await Blob(function).DownloadContentAsync(cancellationToken)).Value;
            return blob.Content.ToObjectFromJson<TimerStatus>();
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
        catch (JsonException)
        {
            // Not ours, or cut off: as good as never run.
            return null;
        }
    }

    public async Task WriteAsync(string function, TimerStatus status, CancellationToken cancellationToken)
    {
        if (connectionString is null)
        {
            lock (gate)
            {
                memory[function] = status;
                return;
            }
        }

        await new BlobContainerClient(connectionString, Container).CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        await Blob(function).UploadAsync(BinaryData.FromObjectAsJson(status), overwrite: true, cancellationToken);
    }

    private BlobClient Blob(string function) => new(connectionString, Container, $"timers/rekey-local/Host.Functions.{function}/status");
}
