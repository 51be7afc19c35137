using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Rekey.AspNetCore.AccessLogs.Rows;

namespace Rekey.AspNetCore.AccessLogs.Writers;

/// <summary>
/// Writes rows as NDJSON files, a folder for each stream. A row about a gap stands among the rows of its stream. A new file is begun by
/// size and age; when the folder is full, the oldest files are deleted. After the process was killed, the next one writes a row about the
/// rows that may be missing.
/// </summary>
internal sealed class FileWriter : IGatewayLogWriter, IDisposable
{
    /// <summary>It exists while a process writes here, and is left over when the process is killed.</summary>
    private const string Marker = "writing";

    private readonly GatewayOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _log;
    private readonly string _folder;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<string, OpenLog> _open = new(StringComparer.Ordinal);
    private readonly FileStream _marker;
    private readonly List<GapRow> _gaps = [];

    /// <exception cref="IOException">The folder cannot be written, or another process writes there.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written.</exception>
    public FileWriter(GatewayOptions options, TimeProvider timeProvider, ILogger<FileWriter> log)
    {
        (_options, _timeProvider, _log, _folder) = (options, timeProvider, log, options.LogFolder);
        Directory.CreateDirectory(Path.Combine(_folder, AcceptedRow.Name));
        Directory.CreateDirectory(Path.Combine(_folder, RefusalRow.Name));
        var marker = Path.Combine(_folder, Marker);
        var wasKilled = File.Exists(marker);
        _marker = new(marker, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        if (wasKilled)
        {
            var last = Files(AcceptedRow.Name).Select(f => f.LastWriteTimeUtc).DefaultIfEmpty(File.GetCreationTimeUtc(marker)).Max();
            _gaps.Add(Gap(new(last), timeProvider.GetUtcNow(), "killed"));
        }
    }

    public async Task WriteAsync(IReadOnlyList<GatewayRow> rows, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // Making room for rows may delete others: the rows about that follow at once.
            for (var left = rows; left.Count > 0 || _gaps.Count > 0; left = [])
            {
                var gaps = _gaps.ToList();
                foreach (var ofStream in left.Concat(gaps).GroupBy(r => r is GapRow gap ? gap.Of : r.Stream))
                {
                    await WriteAsync(ofStream.Key, ofStream, cancellationToken);
                }

                _gaps.RemoveAll(gaps.Contains);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        try
        {
            // A process without a row must not take the word about a kill with it.
            WriteAsync([], CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (IOException e)
        {
            _log.LogError("Rekey's gateway cannot write a row about a gap of its log. Reason: {Reason}", e.Message);
        }

        foreach (var open in _open.Values)
        {
            open.File.Dispose();
        }

        _marker.Dispose();
        _turn.Dispose();
    }

    private async Task WriteAsync(string stream, IEnumerable<GatewayRow> rows, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            foreach (var row in rows)
            {
                row.WriteTo(json);
                json.Flush();
                buffer.Write("\n"u8);
                json.Reset();
            }
        }

        var open = Open(stream);
        try
        {
            await open.File.WriteAsync(buffer.WrittenMemory, cancellationToken);
            await open.File.FlushAsync(cancellationToken);
        }
        catch
        {
            // The file may end within a line: the rows are written again, to another one.
            _open.Remove(stream);
            await open.File.DisposeAsync();
            throw;
        }
    }

    private OpenLog Open(string stream)
    {
        var now = _timeProvider.GetUtcNow();
        if (_open.TryGetValue(stream, out var open))
        {
            if (open.File.Length < _options.AccessLog.MaxFileBytes && now - open.Since < _options.AccessLog.MaxFileAge)
            {
                return open;
            }

            _open.Remove(stream);
            open.File.Dispose();
        }

        MakeRoom();
        return _open[stream] = new(Create(stream, now), now);
    }

    private FileStream Create(string stream, DateTimeOffset now)
    {
        for (var n = 0; ; n++)
        {
            var path = Path.Combine(
                _folder,
                stream,
                string.Create(CultureInfo.InvariantCulture, $"{now.UtcDateTime:yyyyMMdd'T'HHmmss}-{n:D4}.ndjson")
            );
            if (!File.Exists(path))
            {
                return new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 1);
            }
        }
    }

    /// <summary>Deletes the oldest files until another one fits in.</summary>
    private void MakeRoom()
    {
        var (refusals, accesses) = (Files(RefusalRow.Name), Files(AcceptedRow.Name));
        var total = refusals.Concat(accesses).Sum(f => f.Length);
        foreach (var file in refusals.Concat(accesses).Where(f => _open.Values.All(o => o.File.Name != f.FullName)))
        {
            if (total + _options.AccessLog.MaxFileBytes <= _options.AccessLog.MaxFolderBytes)
            {
                return;
            }

            total -= file.Length;
            if (accesses.Contains(file))
            {
                var began = DateTimeOffset.ParseExact(
                    file.Name[..15],
                    "yyyyMMdd'T'HHmmss",
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal
                );
                _gaps.Add(Gap(began, new(file.LastWriteTimeUtc), "deleted"));
            }

            _log.LogError(
                "The folder of the access log is full: {File} is deleted. Collect the files, or raise MaxFolderBytes.",
                file.FullName
            );
            file.Delete();
        }
    }

    private GapRow Gap(DateTimeOffset from, DateTimeOffset to, string reason) =>
        new(AcceptedRow.Name, from, to, missing: null, reason) { TimeGenerated = _timeProvider.GetUtcNow(), Gateway = _options.Name };

    /// <summary>The files of a stream, the oldest first.</summary>
    private List<FileInfo> Files(string stream) =>
        [.. new DirectoryInfo(Path.Combine(_folder, stream)).EnumerateFiles("*.ndjson").OrderBy(f => f.Name, StringComparer.Ordinal)];

    private sealed record OpenLog(FileStream File, DateTimeOffset Since);
}
