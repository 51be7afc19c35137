using DuckDB.NET.Data;
using Rekey.Detections;
using Rekey.Detections.Accesses;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Mapping;

namespace Rekey.DuckDb.Folders;

/// <summary>Looks in the access files for the gateways that accepted one token, with a separate engine.</summary>
internal static class FolderUses
{
    /// <summary>Reads the newest files first, as many as a batch may have.</summary>
    public static LoggedUses Find(
        FolderLogOptions options,
        LogMapping mapping,
        AskedToken asked,
        DateTimeOffset since,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var found = LogFolders.List(options.AccessFolder);
        List<LogFile> all = [.. found.Files.Where(f => LogFolders.MayHold(f, since)).OrderByDescending(f => f.LastWrite)];
        var bytes = 0L;
        List<LogFile> read = [.. all.Take(options.MaxFiles).TakeWhile((file, i) => (bytes += file.Length) <= options.MaxBytes || i == 0)];
        using var session = new FolderSession(options, mapping, now);
        var intake = session.Access("access", new(read, found.PassedOver), isNew: false, cancellationToken);
        var isWhole = read.Count == all.Count && !intake.Reading.IsPartial;
        while (true)
        {
            try
            {
                var rows = $"SELECT * FROM ({intake.Select()}) WHERE TimeGenerated >= {SqlText.Time(since)}";
                return new(Read(session.Database, rows, asked, cancellationToken), isWhole);
            }
            catch (DuckDBException) when (session.Intakes.Any(i => i.LeaveOutUnreadable(cancellationToken)))
            {
                isWhole = false;
            }
        }
    }

    /// <summary>Runs the query.</summary>
    /// <param name="accesses">SQL with the columns of <see cref="LogViews.GatewayAccess"/>.</param>
    public static IReadOnlyList<GatewayUse> Read(
        LogDatabase database,
        string accesses,
        AskedToken asked,
        CancellationToken cancellationToken
    )
    {
        database.Execute($"CREATE OR REPLACE TEMP VIEW {LogViews.GatewayAccessName} AS {accesses}", cancellationToken: cancellationToken);
        foreach (var (name, value) in new[] { ("AskedIss", asked.Iss), ("AskedJti", asked.Jti), ("AskedHash", asked.SigningInputSha256) })
        {
            database.Execute($"SET VARIABLE {name} = {SqlText.Literal(value ?? "")}", cancellationToken: cancellationToken);
        }

        return database.Query(
            UsesQuery.Sql,
            r => new GatewayUse(r.GetString(0), Time(r, 1), Time(r, 2), r.GetInt64(3)),
            "looking for the gateways of a token",
            cancellationToken
        );
    }

    private static DateTimeOffset Time(DuckDBDataReader r, int column) => new(r.GetDateTime(column), TimeSpan.Zero);
}
