using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Rekey.Azure.Http;
using Rekey.Azure.Storage.Connections;
using Rekey.Compliance;

namespace Rekey.Azure.Storage;

/// <summary>
/// Checkpoints and acceptances in the container <c>checkpoints</c>, written once. The deployment locks the container's immutability. A
/// container lists by name, and <see cref="CheckpointName"/> puts the newest first.
/// </summary>
internal sealed class BlobCheckpoints(BlobServiceClient service, TimeProvider timeProvider) : ICheckpoints
{
    /// <summary>The container.</summary>
    public const string Container = "checkpoints";

    private readonly BlobContainerClient _container = service.GetBlobContainerClient(Container);

    public Task KeepAsync(long lines, ReadOnlyMemory<byte> document, CancellationToken cancellationToken) =>
        KeepAsync(CheckpointName.Of(lines), document, cancellationToken);

    public Task KeepAcceptanceAsync(string decision, ReadOnlyMemory<byte> document, CancellationToken cancellationToken) =>
        KeepAsync(CheckpointName.OfAcceptance(decision), document, cancellationToken);

    private async Task KeepAsync(string name, ReadOnlyMemory<byte> document, CancellationToken cancellationToken)
    {
        var options = new BlobUploadOptions
        {
            Conditions = new() { IfNoneMatch = ETag.All },
            HttpHeaders = new() { ContentType = "application/jwt" },
        };
        try
        {
            await BlobContainers.WithAsync(
                _container,
                () => _container.GetBlobClient(name).UploadAsync(BinaryData.FromBytes(document), options, cancellationToken),
                cancellationToken
            );
        }
        catch (RequestFailedException kept) when (kept.Status == 412 || kept.ErrorCode == BlobErrorCode.BlobAlreadyExists)
        {
            // Another instance wrote the same checkpoint.
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw Translated(failure);
        }
    }

    public async IAsyncEnumerable<long> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var name in NamesAsync(prefix: null, cancellationToken))
        {
            if (CheckpointName.LinesOf(name) is { } lines)
            {
                yield return lines;
            }
        }
    }

    public async IAsyncEnumerable<KeptAcceptance> ReadAcceptancesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var name in NamesAsync(CheckpointName.AcceptancePrefix, cancellationToken))
        {
            if (CheckpointName.DecisionOf(name) is { } decision)
            {
                yield return new(decision, await ReadAsync(name, cancellationToken));
            }
        }
    }

    public Task<ReadOnlyMemory<byte>> ReadAsync(long lines, CancellationToken cancellationToken) =>
        ReadAsync(CheckpointName.Of(lines), cancellationToken);

    private async Task<ReadOnlyMemory<byte>> ReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var range = new BlobDownloadOptions { Range = new HttpRange(0, LedgerCheckpoint.MaxBytes + 1) };
            var read = (await _container.GetBlobClient(name).DownloadContentAsync(range, cancellationToken)).Value.Content.ToMemory();
            return read.Length <= LedgerCheckpoint.MaxBytes ? read : default;
        }
        catch (RequestFailedException none) when (none.Status is 404 or 416)
        {
            return default;
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw Translated(failure);
        }
    }

    private async IAsyncEnumerable<string> NamesAsync(string? prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var pages = _container
            .GetBlobsAsync(new GetBlobsOptions { Prefix = prefix }, cancellationToken)
            .AsPages()
            .GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(pages, cancellationToken) is { } page)
        {
            foreach (var name in page)
            {
                yield return name;
            }
        }
    }

    private async Task<IReadOnlyList<string>?> NextAsync(IAsyncEnumerator<Page<BlobItem>> pages, CancellationToken cancellationToken)
    {
        try
        {
            return await pages.MoveNextAsync() ? [.. pages.Current.Values.Select(b => b.Name)] : null;
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            // The first checkpoint creates the container.
            return null;
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw Translated(failure);
        }
    }

    private Exception Translated(Exception failure) => OutsideFailures.OfStorage(failure, $"container {Container}", timeProvider);
}
