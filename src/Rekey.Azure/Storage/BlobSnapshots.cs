using System.Globalization;
using System.Runtime.CompilerServices;
using Azure.Storage.Blobs;
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

    private readonly BlobFiles _files = new(service.GetBlobContainerClient(Container), "application/octet-stream", MaxBytes, timeProvider);

    /// <summary>The blob's name; it sorts by line.</summary>
    public static string NameOf(long line) => string.Create(CultureInfo.InvariantCulture, $"{line:D12}.snapshot");

    public Task KeepAsync(long line, ReadOnlyMemory<byte> document, CancellationToken cancellationToken) =>
        _files.KeepAsync(NameOf(line), document, cancellationToken);

    public async IAsyncEnumerable<long> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var names = await _files.ListAsync("", cancellationToken);
        foreach (var line in names.Select(LineOf).OfType<long>().OrderDescending())
        {
            yield return line;
        }
    }

    public Task<ReadOnlyMemory<byte>> ReadAsync(long line, CancellationToken cancellationToken) =>
        _files.ReadAsync(NameOf(line), cancellationToken);

    public Task RemoveAsync(long line, CancellationToken cancellationToken) => _files.RemoveAsync(NameOf(line), cancellationToken);

    private static long? LineOf(string name) =>
        name.Length == 21
        && long.TryParse(name.AsSpan(0, 12), NumberStyles.None, CultureInfo.InvariantCulture, out var line)
        && string.Equals(name, NameOf(line), StringComparison.Ordinal)
            ? line
            : null;
}
