using Rekey.Core;
using Rekey.Detections;
using Rekey.Detections.Sweeps;
using Rekey.DuckDb.Detections;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Intake;

namespace Rekey.DuckDb.Folders;

/// <summary>The issuances for judging earlier sightings again. It stays loaded until an issuance file arrives or changes.</summary>
internal sealed class FolderRejudgement : IDisposable
{
    private readonly FolderSession _session;
    private readonly LogFolders _folders;
    private readonly Func<string?, string> _issued;
    private readonly DateTimeOffset _since;
    private readonly HashSet<LogFile> _read;
    private readonly string _files;
    private readonly Action<string, LogReading> _report;
    private (IReadOnlyList<Sighting> Seen, OutlivedTokens Tokens, Func<string?, string> Select)? _outlived;
    private int _lookUps;

    private FolderRejudgement(
        FolderSession session,
        LogFolders folders,
        Func<string?, string> issued,
        DateTimeOffset since,
        IReadOnlyList<LogFile> files,
        Action<string, LogReading> report
    ) => (_session, _folders, _issued, _since, _read, _files, _report) = (session, folders, issued, since, [.. files], IdOf(files), report);

    /// <param name="session">Belongs to the result from here on.</param>
    public static FolderRejudgement Read(
        FolderSession session,
        LogFolders folders,
        IReadOnlyList<Sighting> seen,
        SweepParameters parameters,
        Action<string, LogReading> report,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var since = LookBack.Of(seen, session.Options.MaxLookBack, parameters).From;
            var found = folders.Issued(since);
            var (issued, reading) = session.Issuances(found, f => folders.IsSettled(f, session.Now), cancellationToken);
            report(LogViews.TokenIssuanceName, reading);
            return new(session, folders, issued, since, found.Files, report);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Whether it covers these sightings too.</summary>
    public bool Serves(IReadOnlyList<Sighting> seen, SweepParameters parameters, DateTimeOffset now) =>
        LookBack.Of(seen, _session.Options.MaxLookBack, parameters).From >= _since
        && now >= _session.Now
        && IdOf(_folders.Issued(_since).Files) == _files;

    /// <param name="budget">The remaining budget to look up outlived tokens.</param>
    public Judgement Judge(
        IReadOnlyList<Sighting> seen,
        SweepParameters parameters,
        LookUpBudget budget,
        CancellationToken cancellationToken
    )
    {
        var accesses = SightingsAsAccesses.Load(_session.Database, seen, cancellationToken);
        var (issuances, outlived) = Issuances(seen, accesses, parameters, budget, cancellationToken);
        return new(
            _session.Database,
            _session.Intakes,
            issuances,
            sieved => sieved is null ? accesses : $"SELECT * FROM ({accesses}) WHERE {Sieve.Holds(sieved)}",
            _session.Now,
            outlived
        );
    }

    /// <summary>Returns the rows within the joins' look-back, and earlier rows of outlived tokens.</summary>
    private (Func<string?, string> Select, OutlivedTokens? Outlived) Issuances(
        IReadOnlyList<Sighting> seen,
        string accesses,
        SweepParameters parameters,
        LookUpBudget budget,
        CancellationToken cancellationToken
    )
    {
        var lookBack = LookBack.Of(seen, _session.Options.MaxLookBack, parameters);
        string Issued(string? sieved) => $"SELECT * FROM ({_issued(sieved)}) WHERE TimeGenerated >= {SqlText.Time(lookBack.From)}";
        if (lookBack.OutlivedFrom is not { } from)
        {
            return (Issued, null);
        }

        if (_outlived?.Seen != seen)
        {
            // One page at a time: drop the look-ups of the previous one.
            _outlived?.Tokens.Dispose();
            _outlived = null;
            var outlived = new OutlivedTokens(
                _session,
                $"outlived_{_lookUps++}",
                accesses,
                lookBack,
                parameters,
                budget,
                cancellationToken
            );
            var (select, reading) = outlived.LookUp(
                _issued,
                LogViews.TokenIssuanceName,
                [.. _folders.Issued(from).Files.Except(_read)],
                cancellationToken
            );
            _report($"{LogViews.TokenIssuanceName}, looked up", reading);
            _outlived = (seen, outlived, select);
        }

        var (_, tokens, old) = _outlived.Value;
        return (sieved => $"{Issued(sieved)} UNION ALL {old(sieved)}", tokens);
    }

    public void Dispose() => _session.Dispose();

    private static string IdOf(IEnumerable<LogFile> files) => StableId.Of([.. files.Select(f => f.Version)]);
}
