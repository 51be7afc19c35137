using System.Collections.Concurrent;
using DuckDB.NET.Data;
using Rekey.DuckDb.Detections;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Mapping;
using Rekey.DuckDb.Paths;

namespace Rekey.DuckDb.Intake;

/// <summary>
/// Reads the files of one stream. It reads text once, into a table of the work folder, and Parquet in place. No bad input is fatal, and
/// all of it is reported.
/// </summary>
/// <param name="only">A table with each <c>Jti</c> whose text lines are stored; null for all lines.</param>
internal sealed class LogIntake(
    LogDatabase database,
    ViewReading view,
    LogMapping mapping,
    string table,
    DuckDbOptions options,
    IQuarantine? quarantine,
    string? only = null
)
{
    /// <summary>The files per statement: enough to keep all threads busy, few enough to report progress.</summary>
    private const int FilesAtOnce = 64;

    private readonly SortedDictionary<string, (LogFile File, string Reason)> _unreadable = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly List<RawFiles> _text = [];
    private readonly List<RawFiles> _parquet = [];
    private IReadOnlySet<string> _unclean = new HashSet<string>();
    private bool _isSmall;

    /// <summary>The good rows in the view's columns, with their <see cref="TokenDigest"/>.</summary>
    /// <param name="sieved">The column by which they must be in the <see cref="Sieve"/>; null for all of them.</param>
    public string Select(string? sieved = null) => Rows(view.Names, TokenDigest.Columns, TokenDigest.OfColumns, sieved);

    /// <summary>The good rows with the file of each.</summary>
    public string SelectWithFile(string? sieved) => Rows(view.Names, ViewReading.File, ViewReading.File, sieved);

    /// <summary>The files that were skipped, with the reason.</summary>
    public IReadOnlyCollection<(LogFile File, string Reason)> Unreadable => _unreadable.Values;

    /// <summary>The original names of files that DuckDB read under another name.</summary>
    public string NameOf(string path) => _names.GetValueOrDefault(path, path);

    /// <summary>The result of reading.</summary>
    public LogReading Reading { get; private set; } = new(0, 0, 0, 0, [], []);

    /// <summary>The latest time in the good rows; null when there are none.</summary>
    public DateTimeOffset? Latest { get; private set; }

    /// <summary>Reads all files.</summary>
    public LogReading Read(
        IReadOnlyList<LogFile> files,
        IReadOnlyList<PassedOver> passedOver,
        string stage,
        CancellationToken cancellationToken
    )
    {
        database.Execute($"CREATE TABLE {table} ({view.TableColumns})", cancellationToken: cancellationToken);
        // 1. Skip incomplete files.
        var whole = new ConcurrentBag<LogFile>();
        try
        {
            Parallel.ForEach(
                files,
                new ParallelOptions
                {
                    CancellationToken = cancellationToken,
                    MaxDegreeOfParallelism = options.Threads ?? Environment.ProcessorCount,
                },
                file => Prepare(file, whole, cancellationToken)
            );
        }
        catch (AggregateException e)
        {
            if (EngineFailure.Of(e.InnerExceptions[0], database.WorkPath) is { } failure)
            {
                throw failure;
            }

            throw;
        }

        foreach (var file in whole)
        {
            _names[file.Path] = file.Name;
        }

        // 2. Read similar files together, in groups per statement.
        foreach (
            var group in RawFiles.Group(
                [.. whole.OrderBy(f => f.Path, StringComparer.Ordinal)],
                mapping.Delimiter,
                f => Describe(f, cancellationToken),
                Refuse
            )
        )
        {
            foreach (var some in group.Files.Chunk(FilesAtOnce))
            {
                Take(group with { Files = some }, stage, cancellationToken);
            }
        }

        // 3. Count, show and store bad input.
        var counts = Count(stage, cancellationToken);
        _unclean = counts.Bad.Keys.ToHashSet(StringComparer.Ordinal);
        Latest = counts.Latest;
        _isSmall = _parquet.TrueForAll(p => IsSmall(p, cancellationToken));
        var bad = new BadRows(database, view, mapping, Rejects, cancellationToken);
        var sample = new List<BadInput>();
        foreach (var (file, reason) in _unreadable.Values)
        {
            Keep(file, [new(file.Name, null, reason, null)], sample);
        }

        foreach (var group in _text.Concat(_parquet))
        {
            foreach (var file in group.Files.Where(f => counts.Bad.ContainsKey(f.Path)))
            {
                Keep(file, bad.Of(group with { Files = [file] }), sample);
            }
        }

        return Reading = new(files.Count, counts.Rows, counts.Bad.Values.Sum() + _unreadable.Count, _unreadable.Count, sample, passedOver);
    }

    /// <summary>Whether a file caused a failure, found by reading each file alone. Then that file is skipped, and the caller may
    /// retry.</summary>
    public bool LeaveOutUnreadable(CancellationToken cancellationToken)
    {
        var before = _unreadable.Keys.ToHashSet(StringComparer.Ordinal);
        foreach (var group in _parquet.ToList())
        {
            var all = string.Join(", ", view.Columns.Select(c => $"max({SqlText.Name(c.Name)})"));
            foreach (var file in group.Files)
            {
                Try(file, () =>
                    database.Execute(
                        $"SELECT {all} FROM ({(group with { Files = [file] }).Select(view, mapping.Delimiter, Rejects)})",
                        cancellationToken: cancellationToken
                    )
                );
            }

            _parquet.Remove(group);
            _parquet.Add(group with { Files = [.. group.Files.Where(f => !_unreadable.ContainsKey(f.Path))] });
        }

        var found = _unreadable.Where(u => !before.Contains(u.Key)).Select(u => u.Value).ToList();
        var sample = Reading.Sample.ToList();
        found.ForEach(u => Keep(u.File, [new(u.File.Name, null, u.Reason, null)], sample));
        Reading = Reading with { BadLines = Reading.BadLines + found.Count, BadFiles = _unreadable.Count, Sample = sample };
        return found.Count > 0;
    }

    /// <summary>Drops its tables.</summary>
    public void Drop() => database.Execute($"DROP TABLE IF EXISTS {table}; DROP TABLE IF EXISTS {Rejects}");

    private string Rejects => $"{table}_rejects";

    private string Rows(string names, string more, string moreOfTable, string? sieved) =>
        string.Join(
            " UNION ALL ",
            _parquet
                .Where(p => p.Files.Count > 0)
                .Select(p =>
                {
                    var isClean = !p.Files.Any(f => _unclean.Contains(f.Path));
                    return $"SELECT {names}, {more} FROM ({p.SelectGood(view, mapping.Delimiter, Rejects, isClean, _isSmall, sieved)})";
                })
                .Prepend(
                    $"SELECT {names}, {moreOfTable} FROM {table} WHERE {ViewReading.Bad} IS "
                        + $"NULL{(sieved is null ? "" : $" AND {Sieve.Holds(sieved)}")}"
                )
        );

    /// <summary>Checks a few rows: a wrong answer only costs time.</summary>
    private bool IsSmall(RawFiles files, CancellationToken cancellationToken)
    {
        var rows = files.SelectGood(view, mapping.Delimiter, Rejects, isClean: true, isSmall: true, sieved: null);
        return files.Files.Count == 0
            || database.Query(
                "SELECT coalesce(bool_and(Half IS NOT DISTINCT FROM hash(substring(SigningInputSha256, 1, 32))), true) FROM "
                    + $"(SELECT * FROM ({rows}) WHERE Half IS NOT NULL LIMIT 100)",
                r => r.GetBoolean(0),
                cancellationToken: cancellationToken
            )[0];
    }

    private void Refuse(LogFile file, string reason) => _unreadable[file.Path] = (file, reason);

    /// <summary>Returns false if the file cannot be read, and skips it.</summary>
    private bool Try(LogFile file, Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (Exception e) when (e is DuckDBException or IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Refuse(file, e.Message);
            return false;
        }
    }

    private void Prepare(LogFile file, ConcurrentBag<LogFile> whole, CancellationToken cancellationToken)
    {
        string? mistake;
        LogFile? prepared = file;
        try
        {
            mistake = file is { IsGzip: true, Length: > 0 } ? GzipCheck.Mistake(File.OpenRead(file.Path), cancellationToken) : null;
            prepared =
                mistake is not null ? null
                : file is { Packer: not Packer.None, Format: LogFormat.Parquet, Length: > 0 } ? Unpack(file)
                : Link(file, database.WorkPath);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException && !EngineFailure.IsDiskFull(e))
        {
            mistake = e.Message;
        }

        if (mistake is null)
        {
            whole.Add(prepared!);
            return;
        }

        lock (_unreadable)
        {
            Refuse(file, mistake);
        }
    }

    /// <summary>
    /// Returns a path that DuckDB reads as it is. DuckDB treats every path as a pattern, and would list other folders to match it; and it
    /// recognises a packed file by its extension. So other files are read through a link with a plain name.
    /// </summary>
    internal static LogFile Link(LogFile file, string workPath)
    {
        if (file.HasPackerExtension && !file.Path.AsSpan().ContainsAny('*', '?', '['))
        {
            return file;
        }

        var path = Path.Combine(workPath, $"{Guid.NewGuid():N}{file.Extension}");
        File.CreateSymbolicLink(path, file.Path);
        return file with { Path = path };
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

    private IReadOnlyList<(string Name, string Type)> Describe(LogFile file, CancellationToken cancellationToken) =>
        database.Query(
            $"DESCRIBE SELECT * FROM read_parquet({SqlText.Literal(file.Path)}, hive_partitioning = false)",
            r => (r.GetString(0), r.GetString(1)),
            cancellationToken: cancellationToken
        );

    private void Take(RawFiles files, string stage, CancellationToken cancellationToken)
    {
        if (files.Format is LogFormat.Parquet)
        {
            _parquet.Add(files);
            return;
        }

        try
        {
            var rows = files.Select(view, mapping.Delimiter, Rejects);
            database.Execute(
                $"INSERT INTO {table} {(only is null ? rows : $"SELECT * FROM ({rows}) WHERE Jti IN (SELECT Jti FROM {only})")}",
                stage,
                cancellationToken
            );
            _text.Add(files);
        }
        catch (DuckDBException) when (files.Files.Count > 1)
        {
            // One file cannot be read. The statement had no effect, so read each file alone to find it.
            foreach (var file in files.Files)
            {
                Take(files with { Files = [file] }, stage, cancellationToken);
            }
        }
        catch (DuckDBException e)
        {
            Refuse(files.Files[0], e.Message);
        }
    }

    private (long Rows, DateTimeOffset? Latest, Dictionary<string, long> Bad) Count(string stage, CancellationToken cancellationToken)
    {
        var (rows, latest, bad) = (0L, (DateTimeOffset?)null, new Dictionary<string, long>(StringComparer.Ordinal));
        Add($"SELECT * FROM {table}");
        foreach (var group in _parquet.ToList())
        {
            try
            {
                Add(group.Select(view, mapping.Delimiter, Rejects));
            }
            catch (DuckDBException)
            {
                LeaveOutUnreadable(cancellationToken);
                return Count(stage, cancellationToken);
            }
        }

        foreach (var (file, lines) in BadRows.Rejected(database, Rejects, cancellationToken).Where(r => !_unreadable.ContainsKey(r.File)))
        {
            bad[file] = bad.GetValueOrDefault(file) + lines;
        }

        return (rows, latest, bad);

        void Add(string from)
        {
            foreach (
                var (file, good, wrong, last) in database.Query(
                    $"SELECT {ViewReading.File}, count(*) - count({ViewReading.Bad}), count({ViewReading.Bad}), max(TimeGenerated) "
                        + $"FILTER ({ViewReading.Bad} IS NULL) FROM ({from}) GROUP BY 1",
                    r =>
                        (
                            r.GetString(0),
                            r.GetInt64(1),
                            r.GetInt64(2),
                            r.IsDBNull(3) ? (DateTimeOffset?)null : new(r.GetDateTime(3), TimeSpan.Zero)
                        ),
                    stage,
                    cancellationToken
                )
            )
            {
                rows += good;
                latest = last is null || last < latest ? latest : last;
                if (wrong > 0)
                {
                    bad[file] = bad.GetValueOrDefault(file) + wrong;
                }
            }
        }
    }

    private void Keep(LogFile file, IEnumerable<BadInput> bad, List<BadInput> sample)
    {
        sample.AddRange(bad.Take(options.SampledBadLines - sample.Count));
        quarantine?.Keep(file.Name, file.Version, bad);
    }
}
