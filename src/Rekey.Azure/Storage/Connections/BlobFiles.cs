using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Rekey.Azure.Http;

namespace Rekey.Azure.Storage.Connections;

/// <summary>The blobs of a container that is not locked: stored, read with a bound, listed and removed by name.</summary>
/// <param name="maxBytes">A longer blob is read as if it were not there.</param>
internal sealed class BlobFiles(BlobContainerClient container, string contentType, int maxBytes, TimeProvider timeProvider)
{
    /// <summary>Stores a blob; one of that name is replaced. The first blob creates the container.</summary>
    public Task KeepAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var options = new BlobUploadOptions { HttpHeaders = new() { ContentType = contentType } };
        return DoAsync(
            () =>
                BlobContainers.WithAsync(
                    container,
                    () => container.GetBlobClient(name).UploadAsync(BinaryData.FromBytes(bytes), options, cancellationToken),
                    cancellationToken
                ),
            cancellationToken
        );
    }

    /// <summary>Reads a blob; empty when there is none, or it is too long.</summary>
    public Task<ReadOnlyMemory<byte>> ReadAsync(string name, CancellationToken cancellationToken) =>
        DoAsync<ReadOnlyMemory<byte>>(
            async () =>
            {
                try
                {
                    var blob = container.GetBlobClient(name);
                    if ((await blob.GetPropertiesAsync(cancellationToken: cancellationToken)).Value.ContentLength > maxBytes)
                    {
                        return default;
                    }

                    var range = new BlobDownloadOptions { Range = new HttpRange(0, maxBytes) };
                    return (await blob.DownloadContentAsync(range, cancellationToken)).Value.Content.ToMemory();
                }
                catch (RequestFailedException none) when (none.Status is 404 or 416)
                {
                    return default;
                }
            },
            cancellationToken
        );

    /// <summary>The names with this prefix, in their order.</summary>
    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken) =>
        DoAsync<IReadOnlyList<string>>(
            async () =>
            {
                var names = new List<string>();
                try
                {
                    await foreach (var blob in container.GetBlobsAsync(new GetBlobsOptions { Prefix = prefix }, cancellationToken))
                    {
                        names.Add(blob.Name);
                    }
                }
                catch (RequestFailedException missing) when (missing.Status == 404)
                {
                    // The first blob creates the container.
                }

                return names;
            },
            cancellationToken
        );

    /// <summary>Removes a blob, if it exists.</summary>
    public Task RemoveAsync(string name, CancellationToken cancellationToken) =>
        DoAsync(() => container.GetBlobClient(name).DeleteIfExistsAsync(cancellationToken: cancellationToken), cancellationToken);

    private async Task<T> DoAsync<T>(Func<Task<T>> act, CancellationToken cancellationToken)
    {
        try
        {
            return await act();
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw OutsideFailures.OfStorage(failure, $"container {container.Name}", timeProvider);
        }
    }
}
