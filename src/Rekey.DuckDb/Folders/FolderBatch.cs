using DuckDB.NET.Data;
using Rekey.Core;
using Rekey.Detections;
using Rekey.Detections.Gaps;
using Rekey.Detections.Sweeps;
using Rekey.DuckDb.Detections;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Intake;
using Rekey.DuckDb.Paths;

namespace Rekey.DuckDb.Folders;

/// <summary>A batch of access files, loaded into the engine.</summary>
internal sealed class FolderBatch : IDisposable
{
    private readonly FolderSession _session;
    private readonly LogFolders _folders;
    private readonly IReadOnlyList<LogFile> _judged;
    private readonly LogIntake _access;
    private readonly Action<string, LogReading> _report;
    private (LookBack LookBack, Judgement Tokens, Judgement Gaps)? _judgement;

    private FolderBatch(
        FolderSession session,
        LogFolders folders,
        IReadOnlyList<LogFile> files,
        IReadOnlyList<LogFile> judged,
        LogIntake access,
        SweepBatch batch,
        Action<string, LogReading> report
    ) => (_session, _folders, Files, _judged, _access, Batch, _report) = (session, folders, files, judged, access, batch, report);

    public SweepBatch Batch { get; }

    public IReadOnlyList<LogFile> Files { get; }

    /// <param name="session">Belongs to the batch from here on.</param>
    public static FolderBatch Read(
        FolderSession session,
        LogFolders folders,
        FoundLogs found,
        IReadOnlyList<LogFile> judged,
        DateTimeOffset until,
        Action<string, LogReading> report,
        CancellationToken cancellationToken
    )
    {
        var files = found.Files;
        try
        {
            var access = session.Access("access_now", found, isNew: true, cancellationToken);
            report(LogViews.GatewayAccessName, access.Reading);
            var (earliest, issuedAt) = session.Database.Query(
                $"SELECT min(TimeGenerated), min(IssuedAt) FROM ({access.Select()})",
                r => (Time(r, 0), Time(r, 1)),
                cancellationToken: cancellationToken
            )[0];
            var floor = session.Now - session.Options.MaxLookBack;
            var batch = new SweepBatch(
                StableId.Of(["folder-batch", .. files.Select(f => f.Version)]),
                access.Reading.Rows,
                earliest,
                until,
                access.Reading.BadLines + access.Reading.DamagedLines
            )
            {
                EarliestIssuedAt = issuedAt < floor ? floor : issuedAt,
            };
            return new(session, folders, files, judged, access, batch, report);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Adds the issuances that it needs, and the earlier accesses of the same look-back.</summary>
    public Judgement Judge(SweepParameters parameters, CancellationToken cancellationToken) => Both(parameters, cancellationToken).Tokens;

    private (Judgement Tokens, Judgement Gaps) Both(SweepParameters parameters, CancellationToken cancellationToken)
    {
        var lookBack = LookBack.Of(Batch, parameters);
        if (_judgement is { } known)
        {
            return known.LookBack == lookBack
                ? (known.Tokens, known.Gaps)
                : throw new InvalidOperationException("A batch is judged with one MaxTokenLifetime and one ClockSkew.");
        }

        // 1. Read the rows within the joins' look-back, and the earlier issuances in which gaps may begin.
        var since = SqlText.Time(lookBack.From);
        var ofGaps = LookBack.OfGaps(Batch, parameters);
        var found = _folders.Issued(ofGaps.IssuedFrom);
        var (issued, reading) = _session.Issuances(found, f => _folders.IsSettled(f, _session.Now), cancellationToken);
        _report(LogViews.TokenIssuanceName, reading);
        var judged = _judged.Where(f => LogFolders.MayHold(f, lookBack.From)).ToList();
        var earlier = _session.Access("access_earlier", new(judged, []), isNew: false, cancellationToken);
        string Issued(string? sieved) => $"SELECT * FROM ({issued(sieved)}) WHERE TimeGenerated >= {since}";
        string Accesses(string? sieved) =>
            $"SELECT *, true AS InBatch FROM ({_access.Select(sieved)}) UNION ALL SELECT *, false FROM "
            + $"({earlier.Select(sieved)}) WHERE TimeGenerated >= {since}";
        var gaps = new Judgement(
            _session.Database,
            _session.Intakes,
            sieved => $"SELECT * FROM ({issued(sieved)}) WHERE TimeGenerated >= {SqlText.Time(ofGaps.IssuedFrom)}",
            Accesses,
            Batch.ArrivedUntil
        );
        var tokens = new Judgement(_session.Database, _session.Intakes, Issued, Accesses, Batch.ArrivedUntil);

        // 2. Before that, read only the rows of outlived tokens.
        if (lookBack.OutlivedFrom is { } from)
        {
            var outlived = new OutlivedTokens(
                _session,
                "outlived",
                _access.Select(),
                lookBack,
                parameters,
                new(_session.Options.MaxLookUpBytes),
                cancellationToken
            );
            var (oldIssued, readIssued) = outlived.LookUp(
                issued,
                LogViews.TokenIssuanceName,
                [.. _folders.Issued(from).Files.Except(found.Files)],
                cancellationToken
            );
            var (oldAccesses, readAccesses) = outlived.LookUp(
                earlier.Select,
                LogViews.GatewayAccessName,
                [.. _judged.Where(f => LogFolders.MayHold(f, from)).Except(judged)],
                cancellationToken
            );
            _report($"{LogViews.TokenIssuanceName}, looked up", readIssued);
            _report($"{LogViews.GatewayAccessName}, looked up", readAccesses);
            tokens = new(
                _session.Database,
                _session.Intakes,
                sieved => $"{Issued(sieved)} UNION ALL {oldIssued(sieved)}",
                sieved => $"{Accesses(sieved)} UNION ALL SELECT *, false FROM ({oldAccesses(sieved)})",
                Batch.ArrivedUntil,
                outlived
            );
        }

        _judgement = (lookBack, tokens, gaps);
        return (tokens, gaps);
    }

    /// <summary>
    /// Finds gaps in the issuances of this batch, with the given look-back and end: for a silent issuer, the look-back reaches to its
    /// last line.
    /// </summary>
    public IReadOnlyList<IssuanceGap> Gaps(
        Detection detection,
        SweepBatch asked,
        SweepParameters parameters,
        CancellationToken cancellationToken
    )
    {
        var lookBack = LookBack.OfGaps(asked, parameters);
        if (lookBack == LookBack.OfGaps(Batch, parameters))
        {
            return [.. Both(parameters, cancellationToken).Gaps.Gaps(detection, asked.ArrivedUntil, parameters, cancellationToken)];
        }

        // Accesses have their own look-back, and are read only for a query that needs them.
        using var wide = _session.Another();
        var (issued, _) = wide.Issuances(_folders.Issued(lookBack.IssuedFrom), f => _folders.IsSettled(f, _session.Now), cancellationToken);
        var seen = wide.Access(
            "access_seen",
            detection.Sql.Contains(LogViews.GatewayAccessName, StringComparison.Ordinal)
                ? new([.. Files, .. _judged.Where(f => LogFolders.MayHold(f, lookBack.From))], [])
                : new([], []),
            isNew: false,
            cancellationToken
        );
        return
        [
            .. new Judgement(
                wide.Database,
                wide.Intakes,
                sieved => $"SELECT * FROM ({issued(sieved)}) WHERE TimeGenerated >= {SqlText.Time(lookBack.IssuedFrom)}",
                sieved => $"SELECT *, true AS InBatch FROM ({seen.Select(sieved)}) WHERE TimeGenerated >= {SqlText.Time(lookBack.From)}",
                asked.ArrivedUntil
            ).Gaps(detection, asked.ArrivedUntil, parameters, cancellationToken),
        ];
    }

    public void Dispose() => _session.Dispose();

    private static DateTimeOffset? Time(DuckDBDataReader r, int column) =>
        r.IsDBNull(column) ? null : new DateTimeOffset(r.GetDateTime(column), TimeSpan.Zero);
}
