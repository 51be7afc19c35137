using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Rekey.Blocking;

namespace Rekey.Azure.Storage;

/// <summary>Files of the blocklist in the container <c>blocklist</c> of the evidence account. The container is not locked.</summary>
public sealed class BlobBlockFiles(BlobServiceClient service, TimeProvider time) : IBlockFiles
{
    /// <summary>The container.</summary>
    public const string Container = "blocklist";

    private readonly BlobContainerClient _container = service.GetBlobContainerClient(Container);

    public Task KeepAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        var options = new BlobUploadOptions { HttpHeaders = new() { ContentType = "application/json" } };
        return DoAsync(() => BlobContainers.WithAsync(
            _container, () => _container.GetBlobClient(name).UploadAsync(BinaryData.FromBytes(bytes), options, cancel), cancel), cancel);
    }

    public Task<ReadOnlyMemory<byte>> ReadAsync(string name, CancellationToken cancel) => DoAsync<ReadOnlyMemory<byte>>(async () =>
    {
        try
        {
            var blob = _container.GetBlobClient(name);
            return (await blob.GetPropertiesAsync(cancellationToken: cancel)).Value.ContentLength > BlockDocuments.MaxBytes
                ? ReadOnlyMemory<byte>.Empty
                : (await blob.DownloadContentAsync(new BlobDownloadOptions { Range = new HttpRange(0, BlockDocuments.MaxBytes) }, cancel)).Value.Content.ToMemory();
        }
        catch (RequestFailedException none) when (none.Status is 404 or 416)
        {
            return ReadOnlyMemory<byte>.Empty;
        }
    }, cancel);

    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancel) => DoAsync<IReadOnlyList<string>>(async () =>
    {
        var names = new List<string>();
        try
        {
            await foreach (var blob in _container.GetBlobsAsync(new GetBlobsOptions { Prefix = prefix }, cancel))
            {
                names.Add(blob.Name);
            }
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            // The first file makes the container.
        }

        return names;
    }, cancel);

    public Task RemoveAsync(string name, CancellationToken cancel) =>
        DoAsync(() => _container.GetBlobClient(name).DeleteIfExistsAsync(cancellationToken: cancel), cancel);

    private async Task<T> DoAsync<T>(Func<Task<T>> act, CancellationToken cancel)
    {
        try
        {
            return await act();
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancel))
        {
            throw OutsideFailures.OfStorage(failure, $"container {Container}", time);
        }
    }
}
