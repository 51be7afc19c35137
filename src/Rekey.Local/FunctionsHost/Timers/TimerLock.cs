using System.Globalization;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;

namespace Rekey.Local.FunctionsHost.Timers;

/// <summary>
/// The lock of one timer: of all instances of an app the one that holds it runs the timer. A lease of a blob in AzureWebJobsStorage.
/// </summary>
internal sealed class TimerLock(HostStorage storage, string function, TimeSpan period, HostLog log)
{
    // A storage that is away must not hold up the end of the host.
    private static readonly TimeSpan ReleasePatience = TimeSpan.FromSeconds(2);

    private readonly BlobClient blob = storage.Container.GetBlobClient($"locks/{storage.HostId}/Host.Functions.{function}.Listener");
    private BlobLeaseClient? lease;

    /// <summary>True when the lock is ours from now on.</summary>
    public async Task<bool> TryTakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await storage.Container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            if (!await blob.ExistsAsync(cancellationToken))
            {
                await blob.UploadAsync(BinaryData.Empty, cancellationToken);
            }

            var ours = blob.GetBlobLeaseClient();
            await ours.AcquireAsync(period, cancellationToken: cancellationToken);
            lease = ours;
            return true;
        }
        catch (RequestFailedException held) when (held.Status is 409 or 412)
        {
            return false;
        }
        catch (Exception away) when (away is RequestFailedException or AggregateException)
        {
            log.Error($"The lock of the timer '{function}' cannot be looked for: {Why(away)}", function);
            return false;
        }
    }

    /// <summary>Renews the lock until it is cancelled; returns when the lock is lost.</summary>
    public async Task HoldAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(period / 2, cancellationToken);
            try
            {
                await lease!.RenewAsync(cancellationToken: cancellationToken);
            }
            catch (RequestFailedException lost) when (lost.Status is 404 or 409 or 412)
            {
                log.Error($"The lock of the timer '{function}' is lost: {Why(lost)}", function);
                return;
            }
            catch (Exception away) when (away is RequestFailedException or AggregateException)
            {
                log.Error($"The lock of the timer '{function}' could not be renewed: {Why(away)}", function);
            }
        }
    }

    public async Task ReleaseAsync()
    {
        using var patience = new CancellationTokenSource(ReleasePatience);
        try
        {
            await lease!.ReleaseAsync(cancellationToken: patience.Token);
        }
        catch (Exception away) when (away is RequestFailedException or AggregateException or OperationCanceledException)
        {
            log.Warning($"The lock of the timer '{function}' could not be given back: {Why(away)}", function);
        }
    }

    private static string Why(Exception away) =>
        away is RequestFailedException failed
            ? string.Create(CultureInfo.InvariantCulture, $"{failed.Status} {failed.ErrorCode}")
            : away.GetType().Name;
}
