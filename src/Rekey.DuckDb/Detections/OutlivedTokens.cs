using Rekey.Detections;
using Rekey.Detections.Sweeps;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Folders;
using Rekey.DuckDb.Intake;

namespace Rekey.DuckDb.Detections;

/// <summary>
/// Looks up by its <c>jti</c> what older rows say of outlived tokens (see <see cref="LookBack"/>), and keeps nothing else of them. Whoever
/// forged a token chose its <c>iat</c>: no more is read for it than the budget allows, the files of about that time first.
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

    /// <param name="name">Of its tables; no other in the session has it.</param>
    /// <param name="accesses">SQL that yields the accesses among which outlived tokens are.</param>
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

    /// <summary>Their rows that lie further back than the joins reach.</summary>
    /// <param name="at">SQL that yields the rows of what is read anyway.</param>
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
        // Nobody issued or accepted one: whatever the budget, there is nothing to read for.
        var taken = _hours.Count == 0 ? [] : _budget.Take(older.OrderBy(Distance).ThenBy(f => f.Path, StringComparer.Ordinal));
        var intake = _session.LookUp($"{_table}_{stream}", stream, taken, _table, cancellationToken);
        _intakes.Add(intake);
        var leftOut = older.Except(taken).ToList();
        if (stream == LogViews.TokenIssuanceName)
        {
            _leftOut = [.. leftOut, .. intake.Unreadable.Select(u => u.File)];
        }

        return (
            sieved => $"SELECT * FROM ({at(sieved)} UNION ALL {intake.Select(sieved)}) WHERE {_span} AND Jti IN (SELECT Jti FROM {_table})",
            intake.Reading with
            {
                Ignored = _hours.Count == 0 ? [] : [.. leftOut.Select(f => f.Name)],
            }
        );
    }

    /// <summary>A token whose issuance may lie in a file that was left out is not known to be unissued.</summary>
    public Sighting Weighed(Sighting seen) =>
        seen.Verdict is Verdict.Unissued
        && LookBack.IsOutlived(seen.Token.IssuedAt, seen.LastSeen, _parameters)
        && _leftOut.Any(f =>
            LogFolders.MayHold(f, seen.Token.IssuedAt < _lookBack.OutlivedFrom ? _lookBack.OutlivedFrom.Value : seen.Token.IssuedAt!.Value)
        )
            ? seen with
            {
                IsUnsure = true,
            }
            : seen;

    /// <summary>Its rows are needed no longer.</summary>
    public void Dispose()
    {
        _intakes.ForEach(_session.Drop);
        _session.Database.Execute($"DROP TABLE IF EXISTS {_table}");
    }

    /// <summary>How long after one of the hours a file was last written: a line lies in a file that was written to after it.</summary>
    private TimeSpan Distance(LogFile file) =>
        _hours.Where(h => LogFolders.MayHold(file, h)).Select(h => (file.LastWrite - h).Duration()).DefaultIfEmpty(TimeSpan.MaxValue).Min();
}
