using Azure.Storage.Blobs;
using Rekey.Azure.Storage.Connections;
using Rekey.Blocking.Publishing;
using Rekey.Blocking.Record;

namespace Rekey.Azure.Storage;

/// <summary>The files of the blocklist in the container <c>blocklist</c> of the evidence account. The container is not locked.</summary>
internal sealed class BlobBlockFiles(BlobServiceClient service, TimeProvider timeProvider) : IBlockFiles
{
    /// <summary>The container.</summary>
    public const string Container = "blocklist";

    private readonly BlobFiles _files = new(
        service.GetBlobContainerClient(Container),
        "application/json",
        BlockDocuments.MaxBytes,
        timeProvider
    );

    public Task KeepAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _files.KeepAsync(name, bytes, cancellationToken);

    public Task<ReadOnlyMemory<byte>> ReadAsync(string name, CancellationToken cancellationToken) =>
        _files.ReadAsync(name, cancellationToken);

    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken) =>
        _files.ListAsync(prefix, cancellationToken);

    public Task RemoveAsync(string name, CancellationToken cancellationToken) => _files.RemoveAsync(name, cancellationToken);
}
