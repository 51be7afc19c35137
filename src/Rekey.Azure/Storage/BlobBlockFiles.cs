using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Rekey.Azure.Http;
using Rekey.Azure.Storage.Connections;
using Rekey.Blocking.Publishing;
using Rekey.Blocking.Record;

namespace Rekey.Azure.Storage;

/// <summary>The files of the blocklist in the container <c>blocklist</c> of the evidence account. The container is not locked.</summary>
internal sealed class BlobBlockFiles(BlobServiceClient service, TimeProvider timeProvider) : IBlockFiles
{
    /// <summary>The container.</summary>
    public const string Container = "blocklist";

    private readonly BlobContainerClient _container = service.GetBlobContainerClient(Container);

    public Task KeepAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var options = new BlobUploadOptions { HttpHeaders = new() { ContentType = "application/json" } };
        return DoAsync(
            () =>
                BlobContainers.WithAsync(
                    _container,
                    () => _container.GetBlobClient(name).UploadAsync(BinaryData.FromBytes(bytes), options, cancellationToken),
                    cancellationToken
                ),
            cancellationToken
        );
    }

    public Task<ReadOnlyMemory<byte>> ReadAsync(string name, CancellationToken cancellationToken) =>
        DoAsync<ReadOnlyMemory<byte>>(
            async () =>
            {
                try
                {
                    var blob = _container.GetBlobClient(name);
                    return
                        (await blob.GetPropertiesAsync(cancellationToken: cancellationToken)).Value.ContentLength > BlockDocuments.MaxBytes
                        ? ReadOnlyMemory<byte>.Empty
                        : (
                            await blob.DownloadContentAsync(
                                new BlobDownloadOptions { Range = new HttpRange(0, BlockDocuments.MaxBytes) },
                                cancellationToken
                            )
                        ).Value.Content.ToMemory();
                }
                catch (RequestFailedException none) when (none.Status is 404 or 416)
                {
                    return ReadOnlyMemory<byte>.Empty;
                }
            },
            cancellationToken
        );

    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken) =>
        DoAsync<IReadOnlyList<string>>(
            async () =>
            {
                var names = new List<string>();
                try
                {
                    await foreach (var blob in _container.GetBlobsAsync(new GetBlobsOptions { Prefix = prefix }, cancellationToken))
                    {
                        names.Add(blob.Name);
                    }
                }
                catch (RequestFailedException missing) when (missing.Status == 404)
                {
                    // The first file creates the container.
                }

                return names;
            },
            cancellationToken
        );

    public Task RemoveAsync(string name, CancellationToken cancellationToken) =>
        DoAsync(() => _container.GetBlobClient(name).DeleteIfExistsAsync(cancellationToken: cancellationToken), cancellationToken);

    private async Task<T> DoAsync<T>(Func<Task<T>> act, CancellationToken cancellationToken)
    {
        try
        {
            return await act();
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw OutsideFailures.OfStorage(failure, $"container {Container}", timeProvider);
        }
    }
}
