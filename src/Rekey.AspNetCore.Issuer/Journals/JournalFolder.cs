using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Rekey.AspNetCore.Issuer.Journals;

/// <summary>
/// The journal's folder: whose it is, its files, and where its numbers go on after a restart. When the folder was lost, its instance is
/// over and a new one begins: numbers that are used twice would hide missing rows.
/// </summary>
internal sealed class JournalFolder(IssuerOptions options, TimeProvider timeProvider, ILogger log) : IDisposable
{
    /// <summary>It is locked while a process writes here.</summary>
    private const string Marker = "writing";
    private const string InstanceFile = "instance";

    /// <summary>No row is longer.</summary>
    private const int LongestRow = 256 * 1024;

    private FileStream? _marker;

    /// <summary>The random part of the instance's name.</summary>
    public string Instance { get; private set; } = "";

    /// <summary>The files' folder.</summary>
    public string Rows { get; } = Path.Combine(options.Folder, "log", "TokenIssuance");

    /// <summary>The file in which the sender keeps what it has sent.</summary>
    public string SentFile { get; } = Path.Combine(options.Folder, "log", "sent.json");

    /// <summary>The file of the rows that were refused for good: not among the journal's, or sweeps would read its rows twice.</summary>
    public string RefusedFile { get; } = Path.Combine(options.Folder, "log", "TokenIssuance.refused.ndjson");

    /// <summary>All files, the oldest first.</summary>
    public IReadOnlyList<JournalFile> Files() =>
        [
            .. new DirectoryInfo(Rows)
                .EnumerateFiles("*.ndjson")
                .Select(JournalFile.Of)
                .OfType<JournalFile>()
                .OrderBy(f => f.File.Name[..f.File.Name.IndexOf('-')], StringComparer.Ordinal)
                .ThenBy(f => f.First),
        ];

    /// <summary>Takes the folder. Gives the number of the next row.</summary>
    /// <exception cref="IOException">It cannot be written, or another process writes there.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be written.</exception>
    public long Open()
    {
        // 1. One process a folder.
        Directory.CreateDirectory(Rows);
        var folder = Path.GetDirectoryName(Rows)!;
        _marker = new(
            Path.Combine(folder, Marker),
            FileMode.OpenOrCreate,
            FileAccess.Write,
            FileShare.None,
            bufferSize: 1,
            FileOptions.DeleteOnClose
        );

        // 2. Go on where the last process ended.
        var path = Path.Combine(folder, InstanceFile);
        if (File.Exists(path) && File.ReadAllText(path) is { Length: 8 } kept && NextOf(kept) is { } next)
        {
            Instance = kept;
            return next;
        }

        // 3. Or begin.
        Instance = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None);
        file.Write(System.Text.Encoding.ASCII.GetBytes(Instance));
        file.Flush(flushToDisk: true);
        return 1;
    }

    /// <summary>Deletes whole files.</summary>
    /// <param name="may">Whether a file may go.</param>
    /// <param name="enough">Whether enough of them are gone; gets the bytes of those that are left.</param>
    public void Delete(string? openFile, Func<JournalFile, bool> may, Func<long, bool> enough)
    {
        var files = Files();
        var total = files.Sum(f => f.File.Length);

        // The newest file says where the numbers go on.
        var newest = files.Where(f => f.Instance == Instance).MaxBy(f => f.First);
        foreach (var file in files.Where(f => f != newest && f.File.FullName != openFile && may(f)))
        {
            if (enough(total))
            {
                return;
            }

            total -= file.File.Length;
            file.File.Delete();
        }
    }

    /// <summary>Whether a file's time to be kept is over.</summary>
    public bool IsOld(JournalFile file) =>
        timeProvider.GetUtcNow() - new DateTimeOffset(file.File.LastWriteTimeUtc) >= options.Journal.KeepFor;

    public void Dispose() => _marker?.Dispose();

    /// <summary>The number after the last whole row; null when it is unknown.</summary>
    private long? NextOf(string instance)
    {
        if (Files().Where(f => f.Instance == instance).MaxBy(f => f.First) is not { } last)
        {
            return null;
        }

        // 1. A row that was cut off by the end of the process was never acknowledged: its token was not signed.
        using var file = new FileStream(last.File.FullName, FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        var tail = new byte[Math.Min(file.Length, 2 * LongestRow)];
        file.Seek(-tail.Length, SeekOrigin.End);
        file.ReadExactly(tail);
        var end = tail.AsSpan().LastIndexOf((byte)'\n') + 1;
        if (end < tail.Length)
        {
            log.LogWarning("The journal {File} ended within a row, which is cut off: its token was not signed.", last.File.FullName);
            file.SetLength(file.Length - tail.Length + end);
            file.Flush(flushToDisk: true);
        }

        // 2. A file without a row was just begun.
        if (end == 0)
        {
            last.File.Delete();
            return last.First;
        }

        var begin = tail.AsSpan(0, end - 1).LastIndexOf((byte)'\n') + 1;
        if (JournalRow.Read(tail.AsSpan(begin, end - begin)) is { } row && row.Sequence >= last.First)
        {
            return row.Sequence + 1;
        }

        log.LogError("The journal {File} ends with no row of an issuer. A new instance begins.", last.File.FullName);
        return null;
    }
}
