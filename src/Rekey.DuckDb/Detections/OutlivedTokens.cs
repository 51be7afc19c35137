using Rekey.Detections;
using Rekey.Detections.Sweeps;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Folders;
using Rekey.DuckDb.Intake;
using Rekey.DuckDb.Paths;

namespace Rekey.DuckDb.Detections;

/// <summary>
/// Looks up the older rows of outlived tokens by their <c>jti</c> (see <see cref="LookBack"/>), and keeps only those. A forger chooses a
/// token's <c>iat</c>, so it reads no more than the budget allows, with the files of about that time first.
/// </summary>
internal sealed class OutlivedTokens : IDisposable
{
    private readonly FolderSession _session;
    private readonly string _table;
    private readonly string _span;
    private readonly IReadOnlyList<DateTimeOffset> _hours;
    private readonly LookBack _lookBack;
    private readonly SweepParameters _parameters;
    private readonly LookUpBudget _budget;
    private readonly List<LogIntake> _intakes = [];
    private IReadOnlyList<LogFile> _leftOut = [];

    /// <param name="name">The name of its tables, unique in the session.</param>
    /// <param name="accesses">SQL that yields the accesses with outlived tokens.</param>
    public OutlivedTokens(
        FolderSession session,
        string name,
        string accesses,
        LookBack lookBack,
        SweepParameters parameters,
        LookUpBudget budget,
        CancellationToken cancellationToken
    )
    {
        (_session, _table, _lookBack, _parameters, _budget) = (session, name, lookBack, parameters, budget);
        _span = $"TimeGenerated >= {SqlText.Time(lookBack.OutlivedFrom!.Value)} AND TimeGenerated < {SqlText.Time(lookBack.From)}";
        session.Database.Execute(
            $"""
            CREATE TABLE {name} AS SELECT Jti, min(IssuedAt) AS IssuedAt FROM ({accesses})
            WHERE Jti IS NOT NULL AND IssuedAt < TimeGenerated - {SqlText.Interval(parameters.MaxTokenLifetime)} GROUP BY 1
            """,
            cancellationToken: cancellationToken
        );
        _hours = session.Database.Query(
            $"SELECT DISTINCT date_trunc('hour', greatest(IssuedAt, {SqlText.Time(lookBack.OutlivedFrom.Value)})) FROM {name}",
            r => new DateTimeOffset(r.GetDateTime(0), TimeSpan.Zero),
            cancellationToken: cancellationToken
        );
    }

    /// <summary>Returns their rows from before the joins' look-back.</summary>
    /// <param name="at">SQL that yields the rows of files that are read anyway.</param>
    /// <param name="stream">The view.</param>
    /// <param name="older">Files that are not read anyway.</param>
    /// <returns>SQL that yields them, sifted by a column where one is named; and what was read of the older files.</returns>
    public (Func<string?, string> Select, LogReading Reading) LookUp(
        Func<string?, string> at,
        string stream,
        IReadOnlyList<LogFile> older,
        CancellationToken cancellationToken
    )
    {
        // Without outlived tokens there is nothing to read.
        var taken = _hours.Count == 0 ? [] : _budget.Take(older.OrderBy(Distance).ThenBy(f => f.Path, StringComparer.Ordinal));
        var intake = _session.LookUp($"{_table}_{stream}", stream, taken, _table, cancellationToken);
        _intakes.Add(intake);
        var leftOut = older.Except(taken).ToList();
        if (stream == LogViews.TokenIssuanceName)
        {
            _leftOut = [.. leftOut, .. intake.Incomplete];
        }

        return (
            sieved => $"SELECT * FROM ({at(sieved)} UNION ALL {intake.Select(sieved)}) WHERE {_span} AND Jti IN (SELECT Jti FROM {_table})",
            intake.Reading with
            {
                PassedOver =
                    _hours.Count == 0 ? [] : [.. leftOut.Select(f => new PassedOver(f.Name, "the look-up has read its maximum of bytes"))],
            }
        );
    }

    /// <summary>Marks tokens whose issuance may be in a skipped file: they may be issued.</summary>
    public Sighting Weighed(Sighting seen) =>
        seen.Verdict.MayBeHidden()
        && LookBack.IsOutlived(seen.Token.IssuedAt, seen.LastSeen, _parameters)
        && _leftOut.Any(f =>
            LogFolders.MayHold(f, seen.Token.IssuedAt < _lookBack.OutlivedFrom ? _lookBack.OutlivedFrom.Value : seen.Token.IssuedAt!.Value)
        )
            ? seen with
            {
                IsUnsure = true,
            }
            : seen;

    /// <summary>Drops its rows.</summary>
    public void Dispose()
    {
        _intakes.ForEach(_session.Drop);
        _session.Database.Execute($"DROP TABLE IF EXISTS {_table}");
    }

    /// <summary>Returns how long after one of the hours a file was last written: no line is newer than its file.</summary>
    private TimeSpan Distance(LogFile file) =>
        _hours.Where(h => LogFolders.MayHold(file, h)).Select(h => (file.LastWrite - h).Duration()).DefaultIfEmpty(TimeSpan.MaxValue).Min();
}
