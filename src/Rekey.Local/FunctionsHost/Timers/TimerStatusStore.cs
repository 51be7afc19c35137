using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;

namespace Rekey.Local.FunctionsHost.Timers;

/// <summary>The store of the last runs of monitored timers: a blob in AzureWebJobsStorage, at the host's own path.</summary>
internal sealed class TimerStatusStore(HostStorage storage)
{
    public async Task<TimerStatus?> ReadAsync(string function, CancellationToken cancellationToken)
    {
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
        await storage.Container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        await Blob(function).UploadAsync(BinaryData.FromObjectAsJson(status), overwrite: true, cancellationToken);
    }

    private BlobClient Blob(string function) =>
        storage.Container.GetBlobClient($"timers/{storage.HostId}/Host.Functions.{function}/status");
}
