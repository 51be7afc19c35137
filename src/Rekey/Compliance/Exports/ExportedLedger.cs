using Rekey.Core;
using Rekey.Ledgers.Segments;

namespace Rekey.Compliance.Exports;

/// <summary>
/// A folder with files of the evidence account as they lie in its containers: segments in <c>ledger/</c> and checkpoints in
/// <c>checkpoints/</c>. Other files are ignored.
/// </summary>
public sealed class ExportedLedger : ISegmentSource
{
    /// <summary>The folder of segments, named as the container is.</summary>
    public const string LedgerFolder = "ledger";

    /// <summary>The folder of checkpoints, named as the container is.</summary>
    public const string CheckpointFolder = "checkpoints";

    /// <summary>The file that a folder has while an export into it is not finished.</summary>
    public const string UnfinishedFile = "unfinished-export";

    // One checkpoint an hour, and one for each end of a trust: a century has fewer.
    private const int MaxFiles = 1_000_000;

    private const string ReadAgain =
        "Export the ledger: rekey ledger export <folder>. Or download both containers into one folder: az storage blob download-batch "
        + "--auth-mode login --account-name <evidence account> -s ledger -d <folder>/ledger, and the same with checkpoints.";

    private readonly string _folder;
    private readonly int _newest;

    /// <summary>Reads the names of the files.</summary>
    /// <exception cref="CannotContinueException">
    /// <c>export-unreadable</c>: the folder has no ledger, or cannot be read. <c>export-unfinished</c>: an export into it was interrupted.
    /// </exception>
    public ExportedLedger(string folder)
    {
        _folder = folder;
        if (File.Exists(PathOf(UnfinishedFile)))
        {
            throw new CannotContinueException(
                "export-unfinished",
                $"The export into '{folder}' was not finished: lines are missing at its end.",
                $"Continue it, with the server that it was begun with: rekey ledger export {folder}"
            );
        }

        var segments = Names(LedgerFolder).Select(SegmentName.NumberOf).OfType<int>().ToList();
        _newest = segments.Count > 0 ? segments.Max() : throw Unreadable($"'{PathOf(LedgerFolder)}' has no segment (00000001.ndjson).");
        var checkpoints = Names(CheckpointFolder);
        Checkpoints = [.. checkpoints.Select(CheckpointName.LinesOf).OfType<long>().Order()];
        Acceptances = [.. checkpoints.Where(CheckpointName.IsAcceptance).Select(name => $"{CheckpointFolder}/{name}").Order()];
    }

    /// <summary>The line counts of the checkpoints, lowest first.</summary>
    public IReadOnlyList<long> Checkpoints { get; }

    /// <summary>The files of acceptances, below the folder.</summary>
    public IReadOnlyList<string> Acceptances { get; }

    /// <summary>The size of all segments in bytes.</summary>
    public long Bytes =>
        Enumerable
            .Range(1, Math.Min(_newest, MaxFiles))
            .Select(s => new FileInfo(PathOf(SegmentFile(s))))
            .Where(f => f.Exists)
            .Sum(f => f.Length);

    /// <summary>The file of a segment, below the folder.</summary>
    public static string SegmentFile(int segment) => $"{LedgerFolder}/{SegmentName.Of(segment)}";

    /// <summary>The file of a checkpoint, below the folder.</summary>
    public static string CheckpointFile(long lines) => $"{CheckpointFolder}/{CheckpointName.Of(lines)}";

    public Task<int> NewestAsync(CancellationToken cancellationToken) => Task.FromResult(_newest);

    public async Task<SegmentBytes?> ReadAsync(int segment, long offset, int atMost, CancellationToken cancellationToken) =>
        await ReadFileAsync(SegmentFile(segment), offset, atMost, cancellationToken) is { } bytes
            ? new(bytes, Blocks: 0, new FileInfo(PathOf(SegmentFile(segment))).Length)
            : null;

    /// <summary>
    /// The file of a checkpoint or an acceptance; empty when there is none or it is longer than <see cref="LedgerCheckpoint.MaxBytes"/>.
    /// </summary>
    public async Task<ReadOnlyMemory<byte>> ReadCheckpointAsync(string file, CancellationToken cancellationToken) =>
        await ReadFileAsync(file, 0, LedgerCheckpoint.MaxBytes + 1, cancellationToken) is { } read
        && read.Length <= LedgerCheckpoint.MaxBytes
            ? read
            : default;

    private List<string> Names(string container)
    {
        var path = PathOf(container);
        if (!Directory.Exists(path))
        {
            throw Unreadable($"There is no folder '{path}'.");
        }

        try
        {
            var names = Directory.EnumerateFileSystemEntries(path).Select(f => Path.GetFileName(f)).Take(MaxFiles + 1).ToList();
            return names.Count <= MaxFiles ? names : throw Unreadable($"'{path}' has more than {MaxFiles:N0} files.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable($"'{path}' cannot be listed: {e.Message}", e);
        }
    }

    private async Task<ReadOnlyMemory<byte>?> ReadFileAsync(string name, long offset, int atMost, CancellationToken cancellationToken)
    {
        var path = PathOf(name);
        try
        {
            using var file = File.OpenHandle(path, options: FileOptions.Asynchronous);
            var bytes = new byte[Math.Clamp(RandomAccess.GetLength(file) - offset, 0, atMost)];
            var read = 0;
            while (read < bytes.Length)
            {
                var more = await RandomAccess.ReadAsync(file, bytes.AsMemory(read), offset + read, cancellationToken);
                if (more == 0)
                {
                    throw new IOException("it became shorter while it was read.");
                }

                read += more;
            }

            return bytes;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Unreadable($"'{path}' cannot be read: {e.Message}", e);
        }
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private static CannotContinueException Unreadable(string what, Exception? inner = null) =>
        new("export-unreadable", what, ReadAgain, inner);
}
