using DuckDB.NET.Data;
using Rekey.Detections.Issuances;
using Rekey.DuckDb.Detections;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Mapping;

namespace Rekey.DuckDb.Folders;

/// <summary>Answers questions about one issuer from the issuance files, with a separate engine.</summary>
internal static class FolderIssuances
{
    public static LastIssuances Last(
        FolderLogOptions options,
        LogMapping mapping,
        LogFolders folders,
        string iss,
        IReadOnlyCollection<string> kids,
        DateTimeOffset since,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        Ask(
            options,
            mapping,
            folders,
            iss,
            kids,
            since,
            now,
            (database, isWhole) => Read(database, isWhole, cancellationToken),
            cancellationToken
        );

    /// <summary>Counts the live tokens.</summary>
    public static LiveIssuances Live(
        FolderLogOptions options,
        LogMapping mapping,
        LogFolders folders,
        string iss,
        IReadOnlyCollection<string> kids,
        DateTimeOffset since,
        DateTimeOffset at,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        Ask(
            options,
            mapping,
            folders,
            iss,
            kids,
            since,
            now,
            (database, isWhole) => ReadLive(database, at, isWhole, cancellationToken),
            cancellationToken
        );

    /// <summary>Runs the query for live tokens in a prepared database.</summary>
    public static LiveIssuances ReadLive(LogDatabase database, DateTimeOffset at, bool isWhole, CancellationToken cancellationToken)
    {
        database.Execute($"SET VARIABLE AskedAt = {SqlText.Time(at)}", cancellationToken: cancellationToken);
        var counts = database
            .Query(LiveQuery.Sql, r => (What: r.GetString(0), Count: r.GetInt64(1)), "counting live tokens", cancellationToken)
            .ToDictionary(c => c.What, c => c.Count, StringComparer.Ordinal);
        return new(counts["tokens"], counts["callers"], counts["without-kid"], isWhole);
    }

    private static T Ask<T>(
        FolderLogOptions options,
        LogMapping mapping,
        LogFolders folders,
        string iss,
        IReadOnlyCollection<string> kids,
        DateTimeOffset since,
        DateTimeOffset now,
        Func<LogDatabase, bool, T> read,
        CancellationToken cancellationToken
    )
    {
        using var session = new FolderSession(options, mapping, now);
        var (issued, reading) = session.Issuances(folders.Issued(since), f => folders.IsSettled(f, now), cancellationToken);
        var rows = $"SELECT * FROM ({issued(null)}) WHERE TimeGenerated >= {SqlText.Time(since)}";
        // What cannot be read may be the issuance that is asked about.
        var isWhole = !reading.IsPartial;
        while (true)
        {
            Prelude.OfIssuer(session.Database, rows, iss, kids, now + LogFolders.Doubt, cancellationToken);
            try
            {
                return read(session.Database, isWhole);
            }
            catch (DuckDBException) when (session.Intakes.Any(i => i.LeaveOutUnreadable(cancellationToken)))
            {
                isWhole = false;
            }
        }
    }

    /// <summary>Runs the query in a prepared database.</summary>
    public static LastIssuances Read(LogDatabase database, bool isWhole, CancellationToken cancellationToken) =>
        database.Query(
            IssuanceQuery.Sql,
            r => new LastIssuances(Time(r, 0), Time(r, 1), Time(r, 2), isWhole),
            "looking for the last issuance",
            cancellationToken
        )[0];

    private static DateTimeOffset? Time(DuckDBDataReader r, int column) =>
        r.IsDBNull(column) ? null : new DateTimeOffset(r.GetDateTime(column), TimeSpan.Zero);
}
