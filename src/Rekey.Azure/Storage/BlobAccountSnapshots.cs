using Azure.Storage.Blobs;
using Rekey.Azure.Storage.Connections;
using Rekey.Departures.Reconciling.Sources;

namespace Rekey.Azure.Storage;

/// <summary>What reconciliation knows about accounts, as <c>accounts/{hash}</c> in the container <c>snapshots</c> of the evidence account.
/// The container is not locked.</summary>
internal sealed class BlobAccountSnapshots(BlobServiceClient service, TimeProvider timeProvider) : IAccountSnapshots
{
    private const string Prefix = "accounts/";

    // 16 bytes for each closed account, in base64: 100,000 of them take about 4 MB while all accounts are read.
    private const int MaxBytes = 64 * 1024 * 1024;

    private readonly BlobFiles _files = new(
        service.GetBlobContainerClient(BlobSnapshots.Container),
        "application/json",
        MaxBytes,
        timeProvider
    );

    public Task KeepAsync(string sha256, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _files.KeepAsync(Prefix + sha256, bytes, cancellationToken);

    public Task<ReadOnlyMemory<byte>> ReadAsync(string sha256, CancellationToken cancellationToken) =>
        _files.ReadAsync(Prefix + sha256, cancellationToken);

    public async Task RemoveOthersAsync(string sha256, CancellationToken cancellationToken)
    {
        foreach (var name in await _files.ListAsync(Prefix, cancellationToken))
        {
            if (!string.Equals(name, Prefix + sha256, StringComparison.Ordinal))
            {
                await _files.RemoveAsync(name, cancellationToken);
            }
        }
    }
}
