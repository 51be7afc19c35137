using Rekey.Detections;

namespace Rekey.DuckDb.Engine;

/// <summary>
/// Two numbers that stand for issuer, <c>jti</c> and signing-input hash in a join, which fit into memory where the texts do not.
/// <c>Half</c> is made of 128 bits of the SHA-256 alone, <c>Whole</c> of all three: a forger chooses the <c>jti</c> before the SHA-256 is
/// known, and therefore cannot control both. Without a SHA-256 they are null. Rows with equal numbers are equal. Rows with other numbers
/// may be equal too, if the form of a SHA-256 differs between logs.
/// </summary>
internal static class TokenDigest
{
    public const string Columns = "Whole, Half";

    /// <summary>The two columns, of expressions for the three values.</summary>
    public static string Of(string iss, string jti, string sha256) =>
        $"CASE WHEN {sha256} IS NOT NULL THEN hash({iss}, {jti}, {sha256}) END AS Whole, CASE WHEN {sha256} IS NOT NULL "
        + $"THEN hash(substring({sha256}, 1, 32)) END AS Half";

    public static string OfColumns => Of(nameof(PresentedToken.Iss), nameof(PresentedToken.Jti), nameof(PresentedToken.SigningInputSha256));
}
