namespace Rekey.DuckDb;

/// <summary>
/// The accesses of a batch that no issuance fits. One join, which every detection shares that asks whether a token was issued as it was seen; what it leaves is few, and cheap to judge further.
/// </summary>
internal static class UnfitAccessSql
{
    private const string Hashed = "Iss, Jti, SigningInputSha256";
    private const string Token = "Iss, Jti, Kid, Sub, Aud, IssuedAt, ExpiresAt, SigningInputSha256";

    /// <summary>In this order. Tables in between let DuckDB know how few rows are left, and build its hash tables on the small side.</summary>
    public static readonly IReadOnlyList<string> Statements =
    [
        // 1. An equal SHA-256 of what was signed fits, whatever else is logged: for most tokens this is all. Texts are compared in full: whoever forges a token
        //    chooses its jti, and could steer a weaker digest.
        $"""
        CREATE OR REPLACE TEMP TABLE UnmatchedToken AS
        SELECT a.* FROM (SELECT {Hashed} FROM GatewayAccess WHERE InBatch AND Jti IS NOT NULL AND SigningInputSha256 IS NOT NULL) a
        ANTI JOIN (SELECT {Hashed} FROM TokenIssuance WHERE SigningInputSha256 IS NOT NULL) i
            ON i.Iss = a.Iss AND i.Jti = a.Jti AND i.SigningInputSha256 = a.SigningInputSha256
        """,
        // 2. The rest is asked for in full: the README's "fits", to the letter.
        $"""
        CREATE OR REPLACE TEMP TABLE AskedToken AS
        SELECT DISTINCT {Token} FROM (SELECT {Token} FROM GatewayAccess WHERE InBatch AND Jti IS NOT NULL AND SigningInputSha256 IS NOT NULL) a
        SEMI JOIN UnmatchedToken u ON u.Iss = a.Iss AND u.Jti = a.Jti AND u.SigningInputSha256 = a.SigningInputSha256
        UNION ALL
        SELECT {Token} FROM GatewayAccess WHERE InBatch AND Jti IS NOT NULL AND SigningInputSha256 IS NULL
        """,
        $"""
        CREATE OR REPLACE TEMP TABLE UnfitToken AS
        SELECT DISTINCT {Token} FROM AskedToken a
        ANTI JOIN TokenIssuance i ON i.Iss = a.Iss AND i.Jti = a.Jti AND CASE
            WHEN a.SigningInputSha256 IS NOT NULL AND i.SigningInputSha256 IS NOT NULL THEN a.SigningInputSha256 = i.SigningInputSha256
            ELSE coalesce(a.Kid = i.Kid, true) AND coalesce(a.Sub = i.Sub, true) AND coalesce(a.Aud = i.Aud, true)
                AND coalesce(a.IssuedAt = i.IssuedAt, true) AND coalesce(a.ExpiresAt = i.ExpiresAt, true) END
        """,
        $"""
        CREATE TEMP TABLE UnfitAccess AS
        SELECT a.* FROM (SELECT * FROM GatewayAccess WHERE InBatch AND Jti IS NOT NULL) a
        SEMI JOIN UnfitToken u ON {string.Join(" AND ", Token.Split(", ").Select(c => c is "Iss" or "Jti" ? $"u.{c} = a.{c}" : $"u.{c} IS NOT DISTINCT FROM a.{c}"))}
        """,
        "DROP TABLE UnmatchedToken",
        "DROP TABLE AskedToken",
        "DROP TABLE UnfitToken",
    ];
}
