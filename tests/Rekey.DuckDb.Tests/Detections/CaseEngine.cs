using System.Text.Json.Nodes;
using Rekey.Detections;
using Rekey.Detections.Sweeps;
using Rekey.DuckDb.Detections;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Intake;
using Rekey.DuckDb.Mapping;
using Rekey.DuckDb.Paths;
using Rekey.DuckDb.Tests.Files;

namespace Rekey.DuckDb.Tests.Detections;

/// <summary>Runs detections over rows, as the engine would over the files that hold them.</summary>
internal static class CaseEngine
{
    public static readonly DuckDbOptions Options = new() { MemoryLimitBytes = 256_000_000, Threads = 1 };

    public static readonly SweepParameters Usual = new(
        TimeSpan.FromHours(1),
        TimeSpan.FromMinutes(2),
        TimeSpan.FromHours(1),
        3,
        10,
        TimeSpan.FromMinutes(10),
        []
    );

    /// <summary>Accesses with <c>"InBatch": false</c> are earlier ones.</summary>
    public static T Run<T>(
        IEnumerable<JsonObject> issuances,
        IEnumerable<JsonObject> accesses,
        SweepParameters parameters,
        DateTimeOffset arrivedUntil,
        Func<LogDatabase, T> use
    )
    {
        using var folder = new TempFolder();
        using var database = new LogDatabase(Options, [folder.Path]);
        var issued = Read(LogViews.TokenIssuance, LogMapping.None.TokenIssuance, "issued", issuances);
        var seen = accesses.ToLookup(a => a["InBatch"] is null || (bool)a["InBatch"]!);
        var (now, earlier) = (
            Read(LogViews.GatewayAccess, LogMapping.None.GatewayAccess, "access_now", seen[true]),
            Read(LogViews.GatewayAccess, LogMapping.None.GatewayAccess, "access_earlier", seen[false])
        );
        Prelude.Create(
            database,
            issued.Select,
            sieved => $"SELECT *, true AS InBatch FROM ({now.Select(sieved)}) UNION ALL SELECT *, false FROM ({earlier.Select(sieved)})",
            parameters,
            arrivedUntil,
            CancellationToken.None
        );
        return use(database);

        LogIntake Read(IReadOnlyList<ViewColumn> columns, IReadOnlyList<LogSource> sources, string name, IEnumerable<JsonObject> rows)
        {
            var path = folder.Write($"{name}.ndjson", string.Join('\n', rows.Select(r => r.ToJsonString())));
            var intake = new LogIntake(database, new(columns, sources), name, Options, null);
            var reading = intake.Read(LogPaths.Find([path]).Files, [], name, CancellationToken.None);
            Assert.Equal(0, reading.BadLines);
            return intake;
        }
    }
}
