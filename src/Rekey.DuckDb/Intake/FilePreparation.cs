using System.Collections.Concurrent;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Files.Shapes;
using Rekey.DuckDb.Intake.Repairs;
using ZstdSharp;

namespace Rekey.DuckDb.Intake;

/// <summary>Prepares files that DuckDB cannot read where they lie: it unpacks, links or repairs them in the work folder.</summary>
/// <remarks>Safe for several threads.</remarks>
internal sealed class FilePreparation(LogDatabase database, LogStream view)
{
    /// <summary>The bytes by which a file is recognised.</summary>
    private const int HeadBytes = 1 << 16;

    private readonly ConcurrentDictionary<string, (LogFile Copy, string Reason)> _truncated = new(StringComparer.Ordinal);

    /// <summary>The copies of files whose end cannot be read, with the reason, by path.</summary>
    public IReadOnlyDictionary<string, (LogFile Copy, string Reason)> Truncated => _truncated;

    /// <summary>Returns a file that DuckDB can read.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">Nothing of it can be unpacked.</exception>
    public LogFile Prepare(LogFile file, CancellationToken cancellationToken)
    {
        var mistake =
            file.Length == 0 && (file.Packer is not Packer.None || file.Format is LogFormat.Parquet)
                ? "It is empty, as no complete file of its format is."
            : file.IsGzip ? GzipCheck.Mistake(File.OpenRead(file.Path), RepairedCopy.MaxBytes(file), cancellationToken)
            : file.Packer is Packer.Zstd ? ZstdCheck.Mistake(file, RepairedCopy.MaxBytes(file), cancellationToken)
            : null;
        if (file.Format is LogFormat.Parquet)
        {
            return mistake is not null ? throw new InvalidDataException(mistake)
                : file.Packer is not Packer.None ? Unpack(file)
                : Link(file, database.WorkPath);
        }

        var head = LogHead.Read(file, HeadBytes);
        file = file with { IsArray = head.IsArray };
        var hasEnvelope = head.HasEnvelope;
        return mistake is not null || head.HasByteOrderMark || hasEnvelope
            ? Copy(file, hasEnvelope, mistake, cancellationToken)
            : Link(file, database.WorkPath);
    }

    /// <summary>Returns a repaired copy of a file that turned out to be damaged.</summary>
    public LogFile Repair(LogFile file, CancellationToken cancellationToken) =>
        Copy(file, hasEnvelope: false, mistake: null, cancellationToken);

    /// <summary>Whether an exception is about the file, and not about the machine.</summary>
    public static bool IsAboutFile(Exception e) =>
        e is IOException or InvalidDataException or UnauthorizedAccessException or ZstdException && !EngineFailure.IsDiskFull(e);

    /// <summary>
    /// Returns a path that DuckDB reads as it is. DuckDB treats every path as a pattern, and would list other folders to match it; and it
    /// recognises a packed file by its extension. So other files are read through a link with a plain name.
    /// </summary>
    public static LogFile Link(LogFile file, string workPath)
    {
        if (file.HasPackerExtension && !file.Path.AsSpan().ContainsAny('*', '?', '['))
        {
            return file;
        }

        var path = Path.Combine(workPath, $"{Guid.NewGuid():N}{file.Extension}");
        File.CreateSymbolicLink(path, file.Path);
        return file with { Path = path };
    }

    private LogFile Copy(LogFile file, bool hasEnvelope, string? mistake, CancellationToken cancellationToken)
    {
        var (copy, truncated) = RepairedCopy.Write(file, view.DelimiterOf(file), hasEnvelope, database.WorkPath, cancellationToken);
        if ((truncated ?? mistake) is { } reason)
        {
            _truncated[copy.Path] = (copy, reason);
        }

        return copy;
    }

    /// <summary>Unpacks Parquet, which is read from its end.</summary>
    private LogFile Unpack(LogFile file)
    {
        var path = Path.Combine(database.WorkPath, $"{Guid.NewGuid():N}.parquet");
        using var from = file.Open();
        using var to = new FileStream(path, FileMode.CreateNew);
        from.CopyTo(to);
        return file with { Path = path, Packer = Packer.None, Length = to.Length };
    }
}
