using static Rekey.DuckDb.Intake.Forms.LetSql;

namespace Rekey.DuckDb.Intake.Forms;

/// <summary>
/// SHA-256s as 64 hexadecimal digits in lower case, from hex in any case, with or without colons, and from base64 and base64url with or
/// without padding; with or without a name such as <c>sha256:</c> in front. Length and alphabet tell them apart. Anything else is null:
/// it is no SHA-256, and is not compared.
/// </summary>
internal static class HashSql
{
    /// <summary>The SHA-256 of a text.</summary>
    public static string Of(string raw)
    {
        // The shortest text with a name is longer than base64 without one: a hash that happens to begin like a name is none.
        var bare =
            $"CASE WHEN strlen(trim({raw})) <= 44 THEN trim({raw}) ELSE "
            + $"regexp_replace(trim({raw}), '^(?i:sha-?256)\\s*[:=-]\\s*:?|:$', '', 'g') END";
        var other = Let(
            "bare",
            bare,
            "CASE WHEN regexp_full_match(bare, '[0-9A-Fa-f]{64}') THEN lower(bare) "
                + "WHEN regexp_full_match(bare, '[A-Za-z0-9+/_-]{43}=?') THEN "
                + "lower(hex(from_base64(translate(bare[:43], '-_', '+/') || '='))) "
                + "WHEN regexp_full_match(bare, '[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){31}') THEN lower(replace(bare, ':', '')) END"
        );
        return $"CASE WHEN strlen({raw}) = 64 AND regexp_full_match({raw}, '[0-9A-Fa-f]{{64}}') THEN lower({raw}) ELSE {other} END";
    }

    /// <summary>The SHA-256 of a text that is probably one in lower case: other texts of that length are left as they are.</summary>
    public static string OfSmall(string raw) => $"CASE WHEN strlen({raw}) = 64 THEN {raw} END";

    /// <summary>The text of a binary value: a SHA-256 in 32 bytes, or a text of bytes.</summary>
    public static string TextOf(string binary) =>
        $"CASE WHEN octet_length({binary}) = 32 THEN lower(hex({binary})) ELSE CAST({binary} AS VARCHAR) END";
}
