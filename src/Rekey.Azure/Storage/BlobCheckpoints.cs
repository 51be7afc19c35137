using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Rekey.Compliance;

namespace Rekey.Azure.Storage;

/// <summary>Checkpoints in the container <c>checkpoints</c>, named by line count, written once. The deployment locks the container's immutability.</summary>
public sealed class BlobCheckpoints(BlobServiceClient service, TimeProvider time) : ICheckpoints
{
    /// <summary>The container.</summary>
    public const string Container = "checkpoints";

    private readonly BlobContainerClient _container = service.GetBlobContainerClient(Container);

    public async Task KeepAsync(long lines, ReadOnlyMemory<byte> document, CancellationToken cancel)
    {
        var options = new BlobUploadOptions { Conditions = new() { IfNoneMatch = ETag.All }, HttpHeaders = new() { ContentType = "application/jwt" } };
        try
        {
            await BlobContainers.WithAsync(_container, () => _container.GetBlobClient($"{lines:D12}.jwt").UploadAsync(BinaryData.FromBytes(document), options, cancel), cancel);
        }
        catch (RequestFailedException kept) when (kept.Status == 412 || kept.ErrorCode == BlobErrorCode.BlobAlreadyExists)
        {
            // Another instance promised the same.
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancel))
        {
            throw OutsideFailures.OfStorage(failure, $"container {Container}", time);
        }
    }

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ListAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var name in await NamesAsync(cancel))
        {
            yield return await ReadAsync(name, cancel);
        }
    }

    private async Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancel)
    {
        var names = new List<string>();
        try
        {
            await foreach (var blob in _container.GetBlobsAsync(cancellationToken: cancel))
            {
                names.Add(blob.Name);
            }
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            // The first checkpoint makes the container.
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancel))
        {
            throw OutsideFailures.OfStorage(failure, $"container {Container}", time);
        }

        return names;
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(string name, CancellationToken cancel)
    {
        try
        {
            return (await _container.GetBlobClient(name).DownloadContentAsync(cancel)).Value.Content.ToMemory();
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancel))
        {
            throw OutsideFailures.OfStorage(failure, $"container {Container}", time);
        }
    }
}
