using System.Globalization;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Rekey.Azure.Http;
using Rekey.Azure.Storage.Connections;
using Rekey.Compliance;

namespace Rekey.Azure.Storage;

/// <summary>Snapshots in the container <c>snapshots</c> of the evidence account, as <c>000000005000.snapshot</c>. The container is not
/// locked.</summary>
internal sealed class BlobSnapshots(BlobServiceClient service, TimeProvider timeProvider) : ISnapshotStore
{
    /// <summary>The container.</summary>
    public const string Container = "snapshots";

    // The views of 2,000 keys and 20,000 departures take about 10 MB compressed.
    private const int MaxBytes = 128 * 1024 * 1024;

    private readonly BlobContainerClient _container = service.GetBlobContainerClient(Container);

    /// <summary>The blob's name; it sorts by line.</summary>
    public static string NameOf(long line) => string.Create(CultureInfo.InvariantCulture, $"{line:D12}.snapshot");

    public Task KeepAsync(long line, ReadOnlyMemory<byte> document, CancellationToken cancellationToken) =>
        DoAsync(
            () =>
                BlobContainers.WithAsync(
                    _container,
                    () =>
                        _container
                            .GetBlobClient(NameOf(line))
                            .UploadAsync(BinaryData.FromBytes(document), overwrite: true, cancellationToken),
                    cancellationToken
                ),
            cancellationToken
        );

    public async IAsyncEnumerable<long> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var lines = new List<long>();
        await DoAsync(
            async () =>
            {
                try
                {
                    await foreach (var blob in _container.GetBlobsAsync(new GetBlobsOptions(), cancellationToken))
                    {
                        if (
                            blob.Name.Length == 21
                            && long.TryParse(blob.Name.AsSpan(0, 12), NumberStyles.None, CultureInfo.InvariantCulture, out var line)
                            && string.Equals(blob.Name, NameOf(line), StringComparison.Ordinal)
                        )
                        {
                            lines.Add(line);
                        }
                    }
                }
                catch (RequestFailedException missing) when (missing.Status == 404)
                {
                    // The first snapshot creates the container.
                }

                return 0;
            },
            cancellationToken
        );
        foreach (var line in lines.OrderDescending())
        {
            yield return line;
        }
    }

    public Task<ReadOnlyMemory<byte>> ReadAsync(long line, CancellationToken cancellationToken) =>
        DoAsync<ReadOnlyMemory<byte>>(
            async () =>
            {
                try
                {
                    var blob = _container.GetBlobClient(NameOf(line));
                    return (await blob.GetPropertiesAsync(cancellationToken: cancellationToken)).Value.ContentLength > MaxBytes
                        ? ReadOnlyMemory<byte>.Empty
                        : (
                            await blob.DownloadContentAsync(
                                new BlobDownloadOptions { Range = new HttpRange(0, MaxBytes) },
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

    public Task RemoveAsync(long line, CancellationToken cancellationToken) =>
        DoAsync(() => _container.GetBlobClient(NameOf(line)).DeleteIfExistsAsync(cancellationToken: cancellationToken), cancellationToken);

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
