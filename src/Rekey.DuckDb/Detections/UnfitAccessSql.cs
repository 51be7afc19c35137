using Rekey.DuckDb.Engine;

namespace Rekey.DuckDb.Detections;

/// <summary>
/// SQL for the accesses of a batch without a matching issuance, and whether any issuance has their issuer and <c>jti</c>. All detections
/// that compare tokens with issuances share this join. Its result is small, and cheap to judge further.
/// </summary>
internal static class UnfitAccessSql
{
    public const string Table = "UnfitAccess";

    private const string Token = "Iss, Jti, Kid, Sub, Aud, IssuedAt, ExpiresAt, SigningInputSha256";

    /// <summary>Up to so many bits of the sieve the rows behind it are kept: more, and reading them again costs less than writing them
    /// down.</summary>
    private const int Few = 20_000;

    public static void Make(LogDatabase database, string stage, CancellationToken cancellationToken)
    {
        // 1. An equal SHA-256 of the signing input matches, and nothing else that is logged matters: that covers most tokens. A missing
        // hash matches none.
        database.Execute(
            $"""
            SET VARIABLE Sieve = (
                SELECT bitstring_agg(SieveBitOf(a.Hashed), 0, SieveMax())
                FROM (
                    SELECT hash(Jti) AS Hashed, {TokenDigest.Columns} FROM GatewayAccess
                    WHERE InBatch AND Jti IS NOT NULL AND Iss IS NOT NULL) a
                ANTI JOIN (SELECT {TokenDigest.Columns} FROM TokenIssuance) i ON i.Whole = a.Whole AND i.Half = a.Half)
            """,
            stage,
            cancellationToken
        );

        // 2. Compare the rest, and false positives of the filter, in full: exactly by the definition of "fits" in the README.
        var kept = database.Query(
            $"SELECT coalesce(bit_count(getvariable('Sieve')), 0) <= {Few}",
            r => r.GetBoolean(0),
            cancellationToken: cancellationToken
        )[0]
            ? "TABLE"
            : "VIEW";
        database.Execute(
            $"CREATE TEMP {kept} AskedAccess AS SELECT * FROM GatewayAccess_Jti WHERE InBatch AND Jti IS NOT NULL AND Iss IS NOT NULL",
            stage,
            cancellationToken
        );
        database.Execute($"CREATE TEMP {kept} AskedIssuance AS SELECT {Token} FROM TokenIssuance_Jti", stage, cancellationToken);

        // 3. Tables in between let DuckDB know how few rows are left, and build its hash tables on the small side. It joins with such a
        // condition well only if it looks for what fits.
        database.Execute(
            "CREATE OR REPLACE TEMP TABLE AskedToken AS SELECT row_number() OVER () AS Number, * FROM (SELECT DISTINCT "
                + $"{Token} FROM AskedAccess)",
            stage,
            cancellationToken
        );
        database.Execute(
            $"""
            CREATE OR REPLACE TEMP TABLE FittingToken AS
            SELECT DISTINCT a.Number FROM AskedToken a JOIN AskedIssuance i ON i.Iss = a.Iss AND i.Jti = a.Jti
            WHERE CASE
                WHEN a.SigningInputSha256 IS NOT NULL AND i.SigningInputSha256 IS NOT NULL THEN a.SigningInputSha256 = i.SigningInputSha256
                ELSE coalesce(a.Kid = i.Kid, true) AND coalesce(a.Sub = i.Sub, true) AND coalesce(a.Aud = i.Aud, true)
                    AND coalesce(a.IssuedAt = i.IssuedAt, true) AND coalesce(a.ExpiresAt = i.ExpiresAt, true) END
            """,
            stage,
            cancellationToken
        );
        database.Execute(
            "CREATE OR REPLACE TEMP TABLE UnfitToken AS SELECT a.* FROM AskedToken a ANTI JOIN FittingToken f ON f.Number = a.Number",
            stage,
            cancellationToken
        );
        database.Execute(
            $"""
            CREATE TEMP TABLE {Table} AS
            WITH Issued AS (SELECT DISTINCT i.Iss, i.Jti FROM AskedIssuance i SEMI JOIN UnfitToken u ON u.Iss = i.Iss AND u.Jti = i.Jti),
            Unfit AS (
                SELECT a.* FROM AskedAccess a
                SEMI JOIN UnfitToken u ON {string.Join(
                " AND ",
                Token.Split(", ").Select(c => c is "Iss" or "Jti" ? $"u.{c} = a.{c}" : $"u.{c} IS NOT DISTINCT FROM a.{c}")
            )})
            SELECT a.*, i.Jti IS NOT NULL AS IsIssued FROM Unfit a LEFT JOIN Issued i ON i.Iss = a.Iss AND i.Jti = a.Jti
            """,
            stage,
            cancellationToken
        );
        database.Execute(
            $"DROP {kept} AskedAccess; DROP {kept} AskedIssuance; DROP TABLE AskedToken; DROP TABLE FittingToken; DROP TABLE UnfitToken",
            cancellationToken: cancellationToken
        );
    }
}
