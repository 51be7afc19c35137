using Rekey.Sweeps;

namespace Rekey.DuckDb;

/// <summary>Makes what the detections read, by the names that they use: see <c>detections/README.md</c>.</summary>
internal static class Prelude
{
    private const string Unfit = "UnfitAccess";

    /// <summary>Makes views, parameters and windows.</summary>
    /// <param name="issuances">SQL with the columns of <see cref="LogViews.TokenIssuance"/>.</param>
    /// <param name="accesses">SQL with the columns of <see cref="LogViews.GatewayAccess"/> and <c>InBatch</c>.</param>
    public static void Create(LogDatabase database, string issuances, string accesses, SweepParameters parameters, DateTimeOffset arrivedUntil, CancellationToken cancel)
    {
        database.Execute($"DROP TABLE IF EXISTS {Unfit}", cancel: cancel);
        database.Execute($"CREATE OR REPLACE TEMP VIEW {LogViews.TokenIssuanceName} AS {issuances}", cancel: cancel);
        database.Execute($"CREATE OR REPLACE TEMP VIEW {LogViews.GatewayAccessName} AS {accesses}", cancel: cancel);
        database.Execute("CREATE OR REPLACE TEMP TABLE KidWindow (Iss VARCHAR, Kid VARCHAR, TrustedFrom TIMESTAMP, IssuedUntil TIMESTAMP, TrustedUntil TIMESTAMP)", cancel: cancel);
        foreach (var windows in parameters.Windows.Chunk(500))
        {
            database.Execute($"INSERT INTO KidWindow VALUES {string.Join(", ", windows.Select(w =>
                $"({SqlText.Literal(w.Iss)}, {SqlText.Literal(w.Kid)}, {SqlText.Time(w.TrustedFrom)}, {Time(w.IssuedUntil)}, {Time(w.TrustedUntil)})"))}", cancel: cancel);
        }

        foreach (var (name, value) in new[]
        {
            (nameof(SweepParameters.ClockSkew), SqlText.Interval(parameters.ClockSkew)),
            (nameof(SweepParameters.MaxTokenLifetime), SqlText.Interval(parameters.MaxTokenLifetime)),
            (nameof(SweepParameters.VerifierCacheTime), SqlText.Interval(parameters.VerifierCacheTime)),
            (nameof(SweepParameters.MinSilence), SqlText.Interval(parameters.MinSilence)),
            (nameof(SweepParameters.MaxNetworksPerToken), $"{parameters.MaxNetworksPerToken}::BIGINT"),
            (nameof(SweepParameters.MaxAddressesPerToken), $"{parameters.MaxAddressesPerToken}::BIGINT"),
            (nameof(SweepBatch.ArrivedUntil), SqlText.Time(arrivedUntil)),
        })
        {
            database.Execute($"SET VARIABLE {name} = {value}", cancel: cancel);
        }
    }

    /// <summary>Makes <c>UnfitAccess</c> where a query asks for it and it is not there yet.</summary>
    public static void Provide(LogDatabase database, Detection detection, string stage, CancellationToken cancel)
    {
        if (detection.Sql.Contains(Unfit, StringComparison.Ordinal)
            && database.Query($"SELECT 1 FROM duckdb_tables() WHERE table_name = '{Unfit}'", r => r.GetInt32(0), cancel: cancel).Count == 0)
        {
            foreach (var statement in UnfitAccessSql.Statements)
            {
                database.Execute(statement, stage, cancel);
            }
        }
    }

    private static string Time(DateTimeOffset? time) => time is { } known ? SqlText.Time(known) : "NULL";
}
