using Rekey.Sweeps;

namespace Rekey.DuckDb;

/// <summary>Access files that are judged together, read and at hand.</summary>
internal sealed class FolderBatch : IDisposable
{
    private readonly FolderSession _session;
    private readonly Func<FolderSession> _another;
    private readonly LogFolders _folders;
    private readonly IReadOnlyList<LogFile> _judged;
    private readonly LogIntake _access;
    private readonly DateTimeOffset _now;
    private readonly Action<string, LogReading> _report;
    private (DateTimeOffset Since, Judgement Judgement)? _judgement;

    private FolderBatch(FolderSession session, Func<FolderSession> another, LogFolders folders, IReadOnlyList<LogFile> files, IReadOnlyList<LogFile> judged, LogIntake access, SweepBatch batch, DateTimeOffset now, Action<string, LogReading> report) =>
        (_session, _another, _folders, Files, _judged, _access, Batch, _now, _report) = (session, another, folders, files, judged, access, batch, now, report);

    public SweepBatch Batch { get; }

    public IReadOnlyList<LogFile> Files { get; }

    public static FolderBatch Read(FolderLogOptions options, LogMapping mapping, LogFolders folders, IReadOnlyList<LogFile> files, IReadOnlyList<LogFile> judged, DateTimeOffset until, DateTimeOffset now,
        Action<string, LogReading> report, CancellationToken cancel)
    {
        var session = new FolderSession(options, mapping, now);
        try
        {
            var access = session.Access("access_now", files, isNew: true, cancel);
            report(LogViews.GatewayAccessName, access.Reading);
            var earliest = session.Database.Query($"SELECT min(least(TimeGenerated, IssuedAt)) FROM ({access.Select()})", r => r.IsDBNull(0) ? (DateTimeOffset?)null : new(r.GetDateTime(0), TimeSpan.Zero), cancel: cancel)[0];
            var floor = now - options.MaxLookBack;
            return new(session, () => new(options, mapping, now), folders, files, judged, access, new(StableId.Of(["folder-batch", .. files.Select(f => f.Version)]), access.Reading.Rows, earliest < floor ? floor : earliest, until, access.Reading.BadLines), now, report);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>With the issuances that it needs, and the earlier accesses of the same look-back.</summary>
    public Judgement Judge(SweepParameters parameters, CancellationToken cancel)
    {
        var since = Since(Batch, parameters);
        if (_judgement is { } known)
        {
            return known.Since == since ? known.Judgement : throw new InvalidOperationException("A batch is judged with one MaxTokenLifetime and one ClockSkew.");
        }

        var (issued, reading) = _session.Issuances(_folders.Issued(since), f => _folders.IsSettled(f, _now), cancel);
        _report(LogViews.TokenIssuanceName, reading);
        var earlier = _session.Access("access_earlier", [.. _judged.Where(f => LogFolders.MayHold(f, since))], isNew: false, cancel);
        var judgement = new Judgement(_session.Database, _session.Intakes, sieved => $"SELECT * FROM ({issued(sieved)}) WHERE TimeGenerated >= {SqlText.Time(since)}",
            sieved => $"SELECT *, true AS InBatch FROM ({_access.Select(sieved)}) UNION ALL SELECT *, false FROM ({earlier.Select(sieved)}) WHERE TimeGenerated >= {SqlText.Time(since)}", Batch.ArrivedUntil);
        _judgement = (since, judgement);
        return judgement;
    }

    /// <summary>
    /// Gaps in what this batch is judged against, with the look-back and the end that are asked for: who watches an issuer that fell silent looks back to its last line.
    /// </summary>
    public IReadOnlyList<IssuanceGap> Gaps(Detection detection, SweepBatch asked, SweepParameters parameters, CancellationToken cancel)
    {
        var since = Since(asked, parameters);
        if (since == Since(Batch, parameters))
        {
            return [.. Judge(parameters, cancel).Gaps(detection, asked.ArrivedUntil, parameters, cancel)];
        }

        // Read apart: accesses are judged against their own look-back. They are read only for a query that asks for them.
        using var wide = _another();
        var (issued, _) = wide.Issuances(_folders.Issued(since), f => _folders.IsSettled(f, _now), cancel);
        var seen = wide.Access("access_seen", detection.Sql.Contains(LogViews.GatewayAccessName, StringComparison.Ordinal) ? [.. Files, .. _judged.Where(f => LogFolders.MayHold(f, since))] : [], isNew: false, cancel);
        return [.. new Judgement(wide.Database, wide.Intakes, sieved => $"SELECT * FROM ({issued(sieved)}) WHERE TimeGenerated >= {SqlText.Time(since)}", sieved => $"SELECT *, true AS InBatch FROM ({seen.Select(sieved)}) WHERE TimeGenerated >= {SqlText.Time(since)}", asked.ArrivedUntil)
            .Gaps(detection, asked.ArrivedUntil, parameters, cancel)];
    }

    public void Dispose() => _session.Dispose();

    private static DateTimeOffset Since(SweepBatch batch, SweepParameters parameters) => (batch.EarliestEvent ?? batch.ArrivedUntil) - parameters.MaxTokenLifetime - parameters.ClockSkew;
}
