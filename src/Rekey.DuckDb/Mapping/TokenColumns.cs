using Rekey.DuckDb.Engine;

namespace Rekey.DuckDb.Mapping;

/// <summary>
/// The columns that come from a token in a log. DuckDB splits and decodes the token while it reads a row: only the claims and the hash of
/// the signing input go on, and the token itself is never stored.
/// </summary>
internal static class TokenColumns
{
    private const string Signed = "rekey_signed";
    private const string Header = "rekey_header";
    private const string Claims = "rekey_claims";
    private const string Hash = "rekey_hash";

    // A compact JWS (RFC 7515 §7.1), alone or behind a scheme such as Bearer (RFC 6750 §2.1).
    private const string Compact = @"^[\s""\[]*(?:[A-Za-z]+\s+)?([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)\.[A-Za-z0-9_-]*[\s""\]]*$";

    /// <summary>The source of each view column that a token has.</summary>
    public static readonly IReadOnlyDictionary<string, ColumnSource> All = new Dictionary<string, ColumnSource>(StringComparer.Ordinal)
    {
        ["Iss"] = new([Claims, "iss"]),
        // Entra ID writes the token's id as uti.
        ["Jti"] = new([])
        {
            FirstOf =
            [
                [Claims, "jti"],
                [Claims, "uti"],
            ],
        },
        ["Kid"] = new([Header, "kid"]),
        ["Sub"] = new([Claims, "sub"]),
        ["Aud"] = new([Claims, "aud"]),
        ["ClientId"] = new([])
        {
            FirstOf =
            [
                [Claims, "client_id"],
                [Claims, "azp"],
                [Claims, "appid"],
            ],
        },
        ["IssuedAt"] = new([Claims, "iat"], Form: SourceForm.EpochSeconds),
        ["ExpiresAt"] = new([Claims, "exp"], Form: SourceForm.EpochSeconds),
        ["SigningInputSha256"] = new([Hash]),
    };

    /// <summary>Whether a path leads into a token, not into a column of the file.</summary>
    public static bool Has(IReadOnlyList<string> path) => path[0] is Header or Claims or Hash;

    /// <summary>Adds the parts of a token to rows.</summary>
    /// <param name="from">What follows FROM.</param>
    /// <param name="token">The text with the token.</param>
    public static string AddTo(string from, string token) =>
        $"(SELECT *, {Json(1)} AS {Header}, {Json(2)} AS {Claims}, CASE WHEN {Signed} <> '' THEN sha256({Signed}) END AS {Hash} FROM "
        + $"(SELECT *, regexp_extract({token}, {SqlText.Literal(Compact)}, 1) AS {Signed} FROM {from}))";

    private static string Json(int part)
    {
        var text = $"split_part({Signed}, '.', {part})";
        var padded = $"translate({text}, '-_', '+/') || repeat('=', (4 - length({text}) % 4) % 4)";
        return $"TRY_CAST(TRY(decode(from_base64({padded}))) AS JSON)";
    }
}
