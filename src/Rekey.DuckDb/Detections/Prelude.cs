using Rekey.Detections;
using Rekey.Detections.Issuances;
using Rekey.Detections.Sweeps;
using Rekey.DuckDb.Engine;

namespace Rekey.DuckDb.Detections;

/// <summary>Creates the views, parameters and tables that detections read: see <c>src/Rekey/Detections/Queries/README.md</c>.</summary>
internal static class Prelude
{
    /// <summary>Creates views, parameters and windows.</summary>
    /// <param name="issuances">SQL with the columns of <see cref="LogViews.TokenIssuance"/>, sifted by a column where one is named.</param>
    /// <param name="accesses">SQL with the columns of <see cref="LogViews.GatewayAccess"/> and <c>InBatch</c>, in the same way.</param>
    public static void Create(
        LogDatabase database,
        Func<string?, string> issuances,
        Func<string?, string> accesses,
        SweepParameters parameters,
        DateTimeOffset arrivedUntil,
        CancellationToken cancellationToken
    )
    {
        database.Execute($"DROP TABLE IF EXISTS {UnfitAccessSql.Table}", cancellationToken: cancellationToken);
        foreach (var macro in Sieve.Macros)
        {
            database.Execute(macro, cancellationToken: cancellationToken);
        }

        View(LogViews.TokenIssuanceName, issuances, Sieve.IssuanceColumns);
        View(LogViews.GatewayAccessName, accesses, Sieve.AccessColumns);
        database.Execute(
            "CREATE OR REPLACE TEMP TABLE KidWindow (Iss VARCHAR, Kid VARCHAR, TrustedFrom TIMESTAMP, IssuedUntil "
                + "TIMESTAMP, TrustedUntil TIMESTAMP)",
            cancellationToken: cancellationToken
        );
        foreach (var windows in parameters.Windows.Chunk(500))
        {
            var rows = windows.Select(w =>
                $"({SqlText.Literal(w.Iss)}, {SqlText.Literal(w.Kid)}, {SqlText.Time(w.TrustedFrom)}, "
                + $"{Time(w.IssuedUntil)}, {Time(w.TrustedUntil)})"
            );
            database.Execute($"INSERT INTO KidWindow VALUES {string.Join(", ", rows)}", cancellationToken: cancellationToken);
        }

        foreach (
            var (name, value) in new[]
            {
                (nameof(SweepParameters.ClockSkew), SqlText.Interval(parameters.ClockSkew)),
                (nameof(SweepParameters.MaxTokenLifetime), SqlText.Interval(parameters.MaxTokenLifetime)),
                (nameof(SweepParameters.VerifierCacheTime), SqlText.Interval(parameters.VerifierCacheTime)),
                (nameof(SweepParameters.MinSilence), SqlText.Interval(parameters.MinSilence)),
                (nameof(SweepParameters.MaxNetworksPerToken), $"{parameters.MaxNetworksPerToken}::BIGINT"),
                (nameof(SweepParameters.MaxAddressesPerToken), $"{parameters.MaxAddressesPerToken}::BIGINT"),
                (nameof(SweepBatch.ArrivedUntil), SqlText.Time(arrivedUntil)),
            }
        )
        {
            database.Execute($"SET VARIABLE {name} = {value}", cancellationToken: cancellationToken);
        }

        void View(string name, Func<string?, string> select, IReadOnlyList<string> sieved)
        {
            database.Execute($"CREATE OR REPLACE TEMP VIEW {name} AS {select(null)}", cancellationToken: cancellationToken);
            foreach (var column in sieved)
            {
                database.Execute($"CREATE OR REPLACE TEMP VIEW {name}_{column} AS {select(column)}", cancellationToken: cancellationToken);
            }
        }
    }

    /// <summary>Creates the views and tables of <see cref="IssuanceQuery"/>.</summary>
    /// <param name="issuances">SQL with the columns of <see cref="LogViews.TokenIssuance"/>.</param>
    /// <param name="until">Later lines do not show that the issuer logs.</param>
    public static void OfIssuer(
        LogDatabase database,
        string issuances,
        string iss,
        IReadOnlyCollection<string> kids,
        DateTimeOffset until,
        CancellationToken cancellationToken
    )
    {
        database.Execute($"CREATE OR REPLACE TEMP VIEW {LogViews.TokenIssuanceName} AS {issuances}", cancellationToken: cancellationToken);
        database.Execute(
            $"CREATE OR REPLACE TEMP TABLE AskedKid AS SELECT unnest({SqlText.List(kids)}::VARCHAR[]) AS Kid",
            cancellationToken: cancellationToken
        );
        database.Execute($"SET VARIABLE AskedIss = {SqlText.Literal(iss)}", cancellationToken: cancellationToken);
        database.Execute($"SET VARIABLE AskedUntil = {SqlText.Time(until)}", cancellationToken: cancellationToken);
    }

    /// <summary>Creates <c>UnfitAccess</c> if a query needs it and it does not exist yet.</summary>
    public static void Provide(LogDatabase database, Detection detection, string stage, CancellationToken cancellationToken)
    {
        if (
            detection.Sql.Contains(UnfitAccessSql.Table, StringComparison.Ordinal)
            && database
                .Query(
                    $"SELECT 1 FROM duckdb_tables() WHERE table_name = '{UnfitAccessSql.Table}'",
                    r => r.GetInt32(0),
                    cancellationToken: cancellationToken
                )
                .Count == 0
        )
        {
            UnfitAccessSql.Make(database, stage, cancellationToken);
        }
    }

    private static string Time(DateTimeOffset? time) => time is { } known ? SqlText.Time(known) : "NULL";
}
