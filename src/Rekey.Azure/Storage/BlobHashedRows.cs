using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Rekey.Azure.Http;
using Rekey.Azure.Storage.Connections;
using Rekey.Core.Records;
using Rekey.Ledgers.Records;

namespace Rekey.Azure.Storage;

/// <summary>Contents of hashed records that are evidence, as <c>records/{partition}/{row}</c> in the container <c>snapshots</c> of the
/// evidence account. The container is not locked: the ledger has the hash of each content.</summary>
internal sealed class BlobHashedRows(BlobServiceClient service, TimeProvider timeProvider) : IHintRows<HashedRow>
{
    private const string Prefix = "records/";

    // A custody record has at most 20,000 holders, about 1 MB compressed.
    private const int MaxBytes = 16 * 1024 * 1024;

    private readonly BlobContainerClient _container = service.GetBlobContainerClient(BlobSnapshots.Container);

    public Task<Versioned<HashedRow>?> FindAsync(string partition, string row, CancellationToken cancellationToken) =>
        DoAsync(
            async () =>
            {
                try
                {
                    var range = new BlobDownloadOptions { Range = new HttpRange(0, MaxBytes + 1) };
                    var found = (await BlobOf(partition, row).DownloadContentAsync(range, cancellationToken)).Value;
                    return found.Content.ToMemory().Length > MaxBytes
                        ? null
                        : new Versioned<HashedRow>(new(partition, row, found.Content.ToArray()), found.Details.ETag.ToString());
                }
                catch (RequestFailedException none) when (none.Status is 404 or 416)
                {
                    return null;
                }
            },
            cancellationToken
        );

    public Task<Versioned<HashedRow>?> InsertAsync(HashedRow value, CancellationToken cancellationToken) =>
        WriteAsync(value, new() { IfNoneMatch = ETag.All }, cancellationToken);

    public Task<Versioned<HashedRow>?> ReplaceAsync(Versioned<HashedRow> read, HashedRow value, CancellationToken cancellationToken) =>
        WriteAsync(value, new() { IfMatch = new ETag(read.ETag) }, cancellationToken);

    public async Task<Versioned<HashedRow>> OverwriteAsync(HashedRow value, CancellationToken cancellationToken) =>
        (await WriteAsync(value, conditions: null, cancellationToken))!;

    public Task<bool> RemoveAsync(Versioned<HashedRow> read, CancellationToken cancellationToken) =>
        DoAsync(
            async () =>
            {
                try
                {
                    await BlobOf(read.Value.Partition, read.Value.Row)
                        .DeleteIfExistsAsync(
                            conditions: new BlobRequestConditions { IfMatch = new ETag(read.ETag) },
                            cancellationToken: cancellationToken
                        );
                    return true;
                }
                catch (RequestFailedException changed) when (changed.Status == 412)
                {
                    // A blob that is gone fails the condition too, and counts as removed.
                    return !await BlobOf(read.Value.Partition, read.Value.Row).ExistsAsync(cancellationToken);
                }
            },
            cancellationToken
        );

    public async IAsyncEnumerable<Versioned<HashedRow>> ListAsync(
        string partition,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var place = $"{Prefix}{partition}/";
        var files = new BlobFiles(_container, "application/gzip", MaxBytes, timeProvider);
        foreach (var name in await files.ListAsync(place, cancellationToken))
        {
            if (await FindAsync(partition, name[place.Length..], cancellationToken) is { } found)
            {
                yield return found;
            }
        }
    }

    /// <summary>Writes a blob; null when the condition does not hold.</summary>
    private Task<Versioned<HashedRow>?> WriteAsync(
        HashedRow value,
        BlobRequestConditions? conditions,
        CancellationToken cancellationToken
    ) =>
        DoAsync(
            async () =>
            {
                try
                {
                    var options = new BlobUploadOptions
                    {
                        HttpHeaders = new() { ContentType = "application/gzip" },
                        Conditions = conditions,
                    };
                    var written = await BlobContainers.WithAsync(
                        _container,
                        () =>
                            BlobOf(value.Partition, value.Row).UploadAsync(BinaryData.FromBytes(value.Content), options, cancellationToken),
                        cancellationToken
                    );
                    return new Versioned<HashedRow>(value, written.Value.ETag.ToString());
                }
                catch (RequestFailedException other) when (other.Status is 409 or 412)
                {
                    return null;
                }
            },
            cancellationToken
        );

    private BlobClient BlobOf(string partition, string row) => _container.GetBlobClient($"{Prefix}{partition}/{row}");

    private async Task<T> DoAsync<T>(Func<Task<T>> act, CancellationToken cancellationToken)
    {
        try
        {
            return await act();
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw OutsideFailures.OfStorage(failure, $"container {_container.Name}", timeProvider);
        }
    }
}
