using Rekey.Sweeps;

namespace Rekey.DuckDb;

/// <summary>Issuances that earlier sightings are held against again. It stays at hand while no issuance file has come or changed.</summary>
internal sealed class FolderRejudgement : IDisposable
{
    private readonly FolderLogOptions _options;
    private readonly FolderSession _session;
    private readonly LogFolders _folders;
    private readonly Func<string?, string> _issued;
    private readonly DateTimeOffset _since;
    private readonly string _files;
    private readonly DateTimeOffset _now;

    private FolderRejudgement(FolderLogOptions options, FolderSession session, LogFolders folders, Func<string?, string> issued, DateTimeOffset since, string files, DateTimeOffset now) =>
        (_options, _session, _folders, _issued, _since, _files, _now) = (options, session, folders, issued, since, files, now);

    public static FolderRejudgement Read(FolderLogOptions options, LogMapping mapping, LogFolders folders, IReadOnlyList<Sighting> seen, SweepParameters parameters, DateTimeOffset now,
        Action<string, LogReading> report, CancellationToken cancel)
    {
        var since = Since(options, seen, parameters, now);
        var files = folders.Issued(since);
        var session = new FolderSession(options, mapping, now);
        try
        {
            var (issued, reading) = session.Issuances(files, f => folders.IsSettled(f, now), cancel);
            report(LogViews.TokenIssuanceName, reading);
            return new(options, session, folders, issued, since, IdOf(files), now);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Whether it can answer for these, too.</summary>
    public bool Serves(IReadOnlyList<Sighting> seen, SweepParameters parameters, DateTimeOffset now) => Since(_options, seen, parameters, now) >= _since && now >= _now && IdOf(_folders.Issued(_since)) == _files;

    public Judgement Judge(IReadOnlyList<Sighting> seen, CancellationToken cancel)
    {
        var accesses = SeenAgain.Load(_session.Database, seen, cancel);
        return new(_session.Database, _session.Intakes, _issued, sieved => sieved is null ? accesses : $"SELECT * FROM ({accesses}) WHERE {Sieve.Holds(sieved)}", _now);
    }

    public void Dispose() => _session.Dispose();

    private static DateTimeOffset Since(FolderLogOptions options, IReadOnlyList<Sighting> seen, SweepParameters parameters, DateTimeOffset now)
    {
        // Whoever forged a token chose its iat: it does not make the look-back longer than a batch's.
        var (earliest, floor) = (seen.Min(s => s.Token.IssuedAt < s.FirstSeen ? s.Token.IssuedAt.Value : s.FirstSeen), now - options.MaxLookBack);
        return (earliest < floor ? floor : earliest) - parameters.MaxTokenLifetime - parameters.ClockSkew;
    }

    private static string IdOf(IEnumerable<LogFile> files) => StableId.Of([.. files.Select(f => f.Version)]);
}
