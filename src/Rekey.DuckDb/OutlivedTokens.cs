using Rekey.Sweeps;

namespace Rekey.DuckDb;

/// <summary>
/// Looks up by its <c>jti</c> what older rows say of outlived tokens (see <see cref="LookBack"/>), and keeps nothing else of them. Whoever forged a token chose its <c>iat</c>: no more is read for
/// it than <see cref="FolderLogOptions.MaxLookUpBytes"/>, the files of about that time first.
/// </summary>
internal sealed class OutlivedTokens
{
    private readonly FolderSession _session;
    private readonly string _table;
    private readonly string _span;
    private readonly IReadOnlyList<DateTimeOffset> _hours;
    private readonly long _maxBytes;

    /// <param name="name">Of its tables; no other in the session has it.</param>
    /// <param name="accesses">SQL that yields the accesses among which outlived tokens are.</param>
    public OutlivedTokens(FolderSession session, string name, string accesses, LookBack lookBack, SweepParameters parameters, long maxBytes, CancellationToken cancel)
    {
        (_session, _table, _maxBytes) = (session, name, maxBytes);
        _span = $"TimeGenerated >= {SqlText.Time(lookBack.OutlivedFrom!.Value)} AND TimeGenerated < {SqlText.Time(lookBack.From)}";
        session.Database.Execute($"""
            CREATE TABLE {name} AS SELECT Jti, min(IssuedAt) AS IssuedAt FROM ({accesses})
            WHERE Jti IS NOT NULL AND IssuedAt < TimeGenerated - {SqlText.Interval(parameters.MaxTokenLifetime)} GROUP BY 1
            """, cancel: cancel);
        _hours = session.Database.Query($"SELECT DISTINCT date_trunc('hour', greatest(IssuedAt, {SqlText.Time(lookBack.OutlivedFrom.Value)})) FROM {name}", r => new DateTimeOffset(r.GetDateTime(0), TimeSpan.Zero), cancel: cancel);
    }

    /// <summary>Their rows that lie further back than the joins reach.</summary>
    /// <param name="at">SQL that yields the rows of what is read anyway.</param>
    /// <param name="stream">The view.</param>
    /// <param name="older">Files that are not read anyway.</param>
    /// <returns>SQL that yields them, sifted by a column where one is named; and what was read of the older files.</returns>
    public (Func<string?, string> Select, LogReading Reading) LookUp(Func<string?, string> at, string stream, IReadOnlyList<LogFile> older, CancellationToken cancel)
    {
        var taken = Nearest(older, _hours, _maxBytes);
        var (select, reading) = _session.LookUp($"{_table}_{stream}", stream, taken, _table, cancel);
        return (sieved => $"SELECT * FROM ({at(sieved)} UNION ALL {select(sieved)}) WHERE {_span} AND Jti IN (SELECT Jti FROM {_table})",
            reading with { Ignored = [.. older.Except(taken).Select(f => f.Name)] });
    }

    /// <summary>As many files as may be read: those first that were last written soonest after one of the hours, for a line lies in a file that was written to after it.</summary>
    internal static IReadOnlyList<LogFile> Nearest(IReadOnlyList<LogFile> files, IReadOnlyList<DateTimeOffset> hours, long maxBytes)
    {
        var bytes = 0L;
        return [.. files.OrderBy(Distance).ThenBy(f => f.Path, StringComparer.Ordinal).TakeWhile(f => (bytes += f.Length) <= maxBytes)];

        TimeSpan Distance(LogFile file) => hours.Where(h => LogFolders.MayHold(file, h)).Select(h => (file.LastWrite - h).Duration()).DefaultIfEmpty(TimeSpan.MaxValue).Min();
    }
}
