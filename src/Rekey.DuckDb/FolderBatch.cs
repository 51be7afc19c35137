using Rekey.Sweeps;

namespace Rekey.DuckDb;

/// <summary>Access files that are judged together, read and at hand.</summary>
internal sealed class FolderBatch : IDisposable
{
    private readonly FolderSession _session;
    private readonly LogFolders _folders;
    private readonly IReadOnlyList<LogFile> _judged;
    private readonly LogIntake _access;
    private readonly DateTimeOffset _now;
    private readonly Action<string, LogReading> _report;
    private (DateTimeOffset Since, Judgement Judgement)? _judgement;

    private FolderBatch(FolderSession session, LogFolders folders, IReadOnlyList<LogFile> files, IReadOnlyList<LogFile> judged, LogIntake access, SweepBatch batch, DateTimeOffset now, Action<string, LogReading> report) =>
        (_session, _folders, Files, _judged, _access, Batch, _now, _report) = (session, folders, files, judged, access, batch, now, report);

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
            var earliest = session.Database.Query($"SELECT min(least(TimeGenerated, IssuedAt)) FROM ({access.Select})", r => r.IsDBNull(0) ? (DateTimeOffset?)null : new(r.GetDateTime(0), TimeSpan.Zero), cancel: cancel)[0];
            var floor = now - options.MaxLookBack;
            return new(session, folders, files, judged, access, new(StableId.Of(["folder-batch", .. files.Select(f => f.Version)]), access.Reading.Rows, earliest < floor ? floor : earliest, until, access.Reading.BadLines), now, report);
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
        var since = (Batch.EarliestEvent ?? Batch.ArrivedUntil) - parameters.MaxTokenLifetime - parameters.ClockSkew;
        if (_judgement is { } known)
        {
            return known.Since == since ? known.Judgement : throw new InvalidOperationException("A batch is judged with one MaxTokenLifetime and one ClockSkew.");
        }

        var (issued, reading) = _session.Issuances(_folders.Issued(since), f => _folders.IsSettled(f, _now), cancel);
        _report(LogViews.TokenIssuanceName, reading);
        var earlier = _session.Access("access_earlier", [.. _judged.Where(f => LogFolders.MayHold(f, since))], isNew: false, cancel);
        var judgement = new Judgement(_session.Database, _session.Intakes, () => $"SELECT * FROM ({issued()}) WHERE TimeGenerated >= {SqlText.Time(since)}",
            () => $"SELECT *, true AS InBatch FROM ({_access.Select}) UNION ALL SELECT *, false FROM ({earlier.Select}) WHERE TimeGenerated >= {SqlText.Time(since)}", Batch.ArrivedUntil);
        _judgement = (since, judgement);
        return judgement;
    }

    public void Dispose() => _session.Dispose();
}
