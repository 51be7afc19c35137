using System.Collections.Concurrent;
using DuckDB.NET.Data;
using Rekey.DuckDb.Detections;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Files.Shapes;
using Rekey.DuckDb.Paths;

namespace Rekey.DuckDb.Intake;

/// <summary>
/// Reads the files of one stream. It reads text once, into a table of the work folder, and Parquet in place. No bad input is fatal, and
/// all of it is reported.
/// </summary>
/// <param name="only">A table with each <c>Jti</c> whose text lines are stored; null for all lines.</param>
internal sealed class LogIntake(
    LogDatabase database,
    LogStream view,
    string table,
    DuckDbOptions options,
    IQuarantine? quarantine,
    string? only = null
)
{
    /// <summary>The files per statement: enough to keep all threads busy, few enough to report progress. A statement costs as much as
    /// reading thousands of lines, so small files go together.</summary>
    private const int FilesAtOnce = 64;
    private const int SmallFilesAtOnce = 1000;
    private const long BytesAtOnce = 32_000_000;

    private readonly SortedDictionary<string, (LogFile File, string Reason)> _unreadable = new(StringComparer.Ordinal);
    private readonly FilePreparation _preparation = new(database, view);
    private readonly List<LogHole> _holes = [];
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly List<FileShape> _shapes = [];
    private readonly List<RawFiles> _text = [];
    private readonly List<RawFiles> _parquet = [];
    private IReadOnlySet<string> _unclean = new HashSet<string>();
    private bool _isSmall;

    /// <summary>The good rows in the view's columns, with their <see cref="TokenDigest"/>.</summary>
    /// <param name="sieved">The column by which they must be in the <see cref="Sieve"/>; null for all of them.</param>
    public string Select(string? sieved = null) => Rows(view.Names, TokenDigest.Columns, TokenDigest.OfColumns, sieved);

    /// <summary>The good rows with the file of each.</summary>
    public string SelectWithFile(string? sieved) => Rows(view.Names, ViewReading.File, ViewReading.File, sieved);

    /// <summary>The files that were not read, or not to their end.</summary>
    public IEnumerable<LogFile> Incomplete =>
        _unreadable.Values.Select(u => u.File).Concat(_preparation.Truncated.Values.Select(t => t.Copy));

    /// <summary>Whether it reads issuances.</summary>
    public bool IsIssuance => view.IsIssuance;

    /// <summary>The original names of files that DuckDB read under another name.</summary>
    public string NameOf(string path) => _names.GetValueOrDefault(path, path);

    /// <summary>The result of reading.</summary>
    public LogReading Reading { get; private set; } = new(0, 0, 0, 0, [], []);

    /// <summary>The columns that the map names and no file of their source has, each in a sentence.</summary>
    public IReadOnlyList<AbsentColumn> Absent { get; private set; } = [];

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
        // 1. Unpack, link or repair files that DuckDB cannot read where they lie.
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
        TakeAll([.. whole.OrderBy(f => f.Path, StringComparer.Ordinal)], stage, cancellationToken);

        // 3. Repair the text files of which DuckDB cannot read a line.
        var bad = new BadRows(database, Rejects, cancellationToken);
        var counts = Count(stage, cancellationToken);
        var broken = _text
            .SelectMany(g => g.Files.Select(f => g with { Files = [f] }))
            .Where(g => counts.Nothing.Contains(g.Files[0].Path) && bad.HasBroken(g))
            .ToList();
        if (broken.Count > 0)
        {
            foreach (var file in broken.Select(b => b.Files[0]))
            {
                LeaveOut(file);
                Repair(file, stage, cancellationToken);
            }

            counts = Count(stage, cancellationToken);
        }

        // 4. Count, show and store bad input.
        _unclean = counts.Bad.Keys.Concat(counts.Damaged.Keys).ToHashSet(StringComparer.Ordinal);
        Latest = counts.Latest;
        SetTimes(counts.Damaged.Keys, cancellationToken);
        _isSmall = _parquet.TrueForAll(p => IsSmall(p, cancellationToken));
        var sample = new List<BadInput>();
        foreach (var (file, reason) in _unreadable.Values)
        {
            Keep(file, [new(file.Name, null, reason, null)], sample);
        }

        var unread = new UnreadParts(database, table, cancellationToken);
        foreach (var group in _text.Concat(_parquet))
        {
            foreach (var file in group.Files.Where(f => _unclean.Contains(f.Path) || _preparation.Truncated.ContainsKey(f.Path)))
            {
                var isTruncated = _preparation.Truncated.TryGetValue(file.Path, out var truncated);
                BadInput[] end = isTruncated ? [new(file.Name, null, truncated.Reason, null)] : [];
                Keep(file, bad.Of(group with { Files = [file] }).Concat(end), sample);
                _holes.AddRange(unread.Lines(group with { Files = [file] }, isTruncated));
            }
        }

        _holes.AddRange(
            _preparation.Truncated.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => unread.Rest(t.Value.Copy, t.Value.Reason))
        );
        foreach (var (file, reason) in _unreadable.Values)
        {
            _holes.Add(new(file.Name, [], null, file.LastWrite, null, reason));
        }

        Absent = new AbsentColumns(database, cancellationToken).Of([.. _text, .. _parquet], _shapes);
        return Reading = new(files.Count, counts.Rows, counts.Bad.Values.Sum() + _unreadable.Count, _unreadable.Count, sample, passedOver)
        {
            Filtered = counts.Filtered,
            Absent = [.. Absent.Select(a => $"{a.At}: {a.Words}")],
            DamagedLines = counts.Damaged.Values.Sum(),
            Holes = [.. _holes],
        };
    }

    /// <summary>Adds the folders that could not be listed: any line up to a time may lie in them.</summary>
    public void AddClosedFolders(DateTimeOffset until)
    {
        _holes.AddRange(
            Reading.PassedOver.Where(p => p.IsClosedFolder).Select(p => new LogHole(p.Path, [], null, until, Lines: null, p.Reason))
        );
        Reading = Reading with { Holes = [.. _holes] };
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
                        $"SELECT {all} FROM ({(group with { Files = [file] }).Select(Rejects)})",
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
        _holes.AddRange(found.Select(u => new LogHole(u.File.Name, [], null, u.File.LastWrite, null, u.Reason)));
        Reading = Reading with
        {
            BadLines = Reading.BadLines + found.Count,
            BadFiles = _unreadable.Count,
            Sample = sample,
            Holes = [.. _holes],
        };
        return found.Count > 0;
    }

    /// <summary>Drops its tables.</summary>
    public void Drop() => database.Execute($"DROP TABLE IF EXISTS {table}; DROP TABLE IF EXISTS {Rejects}");

    private static string Filtered => $"count(*) FILTER ({ViewReading.Bad} = {SqlText.Literal(ViewReading.Filtered)})";

    private string Rejects => $"{table}_rejects";

    private string Rows(string names, string more, string moreOfTable, string? sieved) =>
        string.Join(
            " UNION ALL ",
            _parquet
                .Where(p => p.Files.Count > 0)
                .Select(p =>
                {
                    var isClean = !p.Files.Any(f => _unclean.Contains(f.Path));
                    return $"SELECT {names}, {more} FROM ({p.SelectGood(Rejects, isClean, _isSmall, sieved)})";
                })
                .Prepend(
                    $"SELECT {names}, {moreOfTable} FROM {table} WHERE {ViewReading.Bad} IS "
                        + $"NULL{(sieved is null ? "" : $" AND {Sieve.Holds(sieved)}")}"
                )
        );

    /// <summary>Checks a few rows: a wrong answer only costs time.</summary>
    private bool IsSmall(RawFiles files, CancellationToken cancellationToken)
    {
        var rows = files.SelectGood(Rejects, isClean: true, isSmall: true, sieved: null);
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
        catch (Exception e) when (e is DuckDBException || FilePreparation.IsAboutFile(e))
        {
            Refuse(file, e.Message);
            return false;
        }
    }

    private void Prepare(LogFile file, ConcurrentBag<LogFile> whole, CancellationToken cancellationToken)
    {
        try
        {
            whole.Add(_preparation.Prepare(file, cancellationToken));
        }
        catch (Exception e) when (FilePreparation.IsAboutFile(e))
        {
            lock (_unreadable)
            {
                Refuse(file, e.Message);
            }
        }
    }

    /// <summary>Reads a repaired copy of a file that cannot be read as it is.</summary>
    private void Repair(LogFile file, string stage, CancellationToken cancellationToken)
    {
        Try(file, () =>
        {
            var copy = _preparation.Repair(file, cancellationToken);
            _names[copy.Path] = copy.Name;
            TakeAll([copy], stage, cancellationToken);
        });
    }

    /// <summary>Drops the rows of a file.</summary>
    private void LeaveOut(LogFile file)
    {
        database.Execute($"DELETE FROM {table} WHERE {ViewReading.File} = {SqlText.Literal(file.Path)}");
        foreach (var group in _text.ToList())
        {
            _text.Remove(group);
            if (group.Files.Where(f => f != file).ToList() is { Count: > 0 } rest)
            {
                _text.Add(group with { Files = rest });
            }
        }
    }

    private void TakeAll(IReadOnlyList<LogFile> files, string stage, CancellationToken cancellationToken)
    {
        var (groups, shapes) = RawFiles.Group(files, view, f => Describe(f, cancellationToken), Refuse);
        _shapes.AddRange(shapes);
        foreach (var group in groups)
        {
            foreach (var some in Together(group.Files))
            {
                Take(group with { Files = some }, stage, cancellationToken);
            }
        }
    }

    private static IEnumerable<IReadOnlyList<LogFile>> Together(IReadOnlyList<LogFile> files)
    {
        var (some, bytes) = (new List<LogFile>(), 0L);
        foreach (var file in files)
        {
            some.Add(file);
            bytes += file.Length;
            if (some.Count >= SmallFilesAtOnce || (some.Count >= FilesAtOnce && bytes >= BytesAtOnce))
            {
                yield return some;
                (some, bytes) = ([], 0);
            }
        }

        if (some.Count > 0)
        {
            yield return some;
        }
    }

    /// <summary>A row without a readable time counts with the last write of its file: no line is newer.</summary>
    private void SetTimes(IEnumerable<string> damaged, CancellationToken cancellationToken)
    {
        var paths = damaged.ToHashSet(StringComparer.Ordinal);
        foreach (var some in _text.SelectMany(g => g.Files).Where(f => paths.Contains(f.Path)).Chunk(SmallFilesAtOnce))
        {
            database.Execute(
                $"UPDATE {table} SET TimeGenerated = {ViewReading.FileTime(some)} WHERE NOT {ViewReading.HasTime} AND "
                    + $"{ViewReading.File} IN (SELECT unnest({SqlText.List(some.Select(f => f.Path))}))",
                cancellationToken: cancellationToken
            );
        }
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
            var rows = files.Select(Rejects);
            database.Execute(
                $"INSERT INTO {table} {(only is null ? rows : $"SELECT * FROM ({rows}) WHERE Jti IN (SELECT Jti FROM {only})")}",
                stage,
                cancellationToken
            );
            _text.Add(files);
        }
        catch (DuckDBException) when (files.Files.Count > 1)
        {
            // A file cannot be read. The statement had no effect, so look for the file in each half.
            foreach (var half in files.Files.Chunk((files.Files.Count + 1) / 2))
            {
                Take(files with { Files = half }, stage, cancellationToken);
            }
        }
        catch (DuckDBException) when (!files.AreRepaired)
        {
            Repair(files.Files[0], stage, cancellationToken);
        }
        catch (DuckDBException e)
        {
            Refuse(files.Files[0], e.Message);
        }
    }

    private static DateTimeOffset? Time(DuckDBDataReader r, int column) =>
        r.IsDBNull(column) ? null : new DateTimeOffset(r.GetDateTime(column), TimeSpan.Zero);

    private Counts Count(string stage, CancellationToken cancellationToken)
    {
        var counts = new Counts();
        Add($"SELECT * FROM {table}");
        foreach (var group in _parquet.ToList())
        {
            try
            {
                Add(group.Select(Rejects));
            }
            catch (DuckDBException)
            {
                LeaveOutUnreadable(cancellationToken);
                return Count(stage, cancellationToken);
            }
        }

        var text = _text.SelectMany(g => g.Files).Select(f => f.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var (file, lines) in BadRows.Rejected(database, Rejects, cancellationToken).Where(r => text.Contains(r.File)))
        {
            counts.Bad[file] = counts.Bad.GetValueOrDefault(file) + lines;
            counts.Nothing.Add(file);
        }

        return counts;

        void Add(string from)
        {
            foreach (
                var (file, good, bad, filtered, damaged, hasNothing, last) in database.Query(
                    $"SELECT {ViewReading.File}, count(*) - count({ViewReading.Bad}), count({ViewReading.Bad}) - {Filtered}, {Filtered}, "
                        + $"count(*) FILTER ({ViewReading.Bad} IS NULL AND {ViewReading.Damage} IS NOT NULL), "
                        + $"coalesce(bool_or({ViewReading.Bad} = {SqlText.Literal(ViewReading.Nothing)}), false), "
                        + $"max(TimeGenerated) FILTER ({ViewReading.Bad} IS NULL AND {ViewReading.HasTime}) FROM ({from}) GROUP BY 1",
                    r => (r.GetString(0), r.GetInt64(1), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4), r.GetBoolean(5), Time(r, 6)),
                    stage,
                    cancellationToken
                )
            )
            {
                counts.Rows += good;
                counts.Filtered += filtered;
                counts.Latest = last is null || last < counts.Latest ? counts.Latest : last;
                Put(counts.Bad, file, bad);
                Put(counts.Damaged, file, damaged);
                if (hasNothing)
                {
                    counts.Nothing.Add(file);
                }
            }
        }

        static void Put(Dictionary<string, long> by, string file, long lines)
        {
            if (lines > 0)
            {
                by[file] = by.GetValueOrDefault(file) + lines;
            }
        }
    }

    private void Keep(LogFile file, IEnumerable<BadInput> bad, List<BadInput> sample)
    {
        sample.AddRange(bad.Take(options.SampledBadLines - sample.Count));
        quarantine?.Keep(file.Name, file.Version, bad);
    }

    /// <summary>Numbers of lines, by file.</summary>
    private sealed class Counts
    {
        public long Rows { get; set; }

        public long Filtered { get; set; }

        public DateTimeOffset? Latest { get; set; }

        public Dictionary<string, long> Bad { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, long> Damaged { get; } = new(StringComparer.Ordinal);

        /// <summary>The files with lines of which nothing can be read.</summary>
        public HashSet<string> Nothing { get; } = new(StringComparer.Ordinal);
    }
}
