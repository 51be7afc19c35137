using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Rekey.Azure.Http;
using Rekey.Azure.Storage.Connections;
using Rekey.Departures.Feed;

namespace Rekey.Azure.Storage;

/// <summary>The container <c>event-dead-letters</c> of the evidence account. Event Grid writes there; the app only reads.</summary>
internal sealed class BlobEventDeadLetters(BlobServiceClient service, TimeProvider timeProvider) : IEventDeadLetters
{
    /// <summary>The container, which the deployment creates.</summary>
    public const string Container = "event-dead-letters";

    /// <summary>The longest file. Event Grid delivers at most 1 MB at once, and adds the reason to each event.</summary>
    private const int LongestFile = 4 * 1024 * 1024;

    private readonly BlobContainerClient _container = service.GetBlobContainerClient(Container);
    private readonly BlobFiles _files = new(service.GetBlobContainerClient(Container), "application/json", LongestFile, timeProvider);

    public async Task<IReadOnlyList<EventDeadLetterFile>> ListAsync(
        EventDeadLetterCursor after,
        DateTimeOffset until,
        int most,
        CancellationToken cancellationToken
    )
    {
        var files = new PriorityQueue<EventDeadLetterFile, EventDeadLetterFile>(
            Comparer<EventDeadLetterFile>.Create((one, other) => EventDeadLetterCursor.Compare(other, one))
        );
        try
        {
            await foreach (var blob in _container.GetBlobsAsync(new GetBlobsOptions(), cancellationToken))
            {
                if (
                    blob.Properties.LastModified is { } writtenAt
                    && writtenAt <= until
                    && new EventDeadLetterFile(blob.Name, writtenAt) is var file
                    && after.IsBefore(file)
                )
                {
                    files.Enqueue(file, file);
                    if (files.Count > most)
                    {
                        // Keep the earliest: the last one goes.
                        files.Dequeue();
                    }
                }
            }
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            // Event Grid has written nothing: the deployment creates the container.
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw OutsideFailures.OfStorage(failure, $"container {Container}", timeProvider);
        }

        return [.. files.UnorderedItems.Select(f => f.Element).Order(Comparer<EventDeadLetterFile>.Create(EventDeadLetterCursor.Compare))];
    }

    public Task<ReadOnlyMemory<byte>> ReadAsync(string name, CancellationToken cancellationToken) =>
        _files.ReadAsync(name, cancellationToken);
}
