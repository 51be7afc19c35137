using Rekey.Trust.History;
using Rekey.Trust.Jose;

namespace Rekey.Trust;

/// <summary>The binding of a key: one issuer, its audiences, its algorithms.</summary>
public sealed class IssuerBinding
{
    /// <summary>A short name for routes and settings: lower-case letters, digits and hyphens.</summary>
    public string Name { get; set; } = "";

    /// <summary>The exact <c>iss</c> of its tokens.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>The <c>aud</c> values that its tokens may carry.</summary>
    public IList<string> Audiences { get; set; } = [];

    private static readonly IReadOnlyList<string> Usual = ["ES256"];

    /// <summary>The JWS algorithms (RFC 7518) of its tokens; ES256 when none is named. Asymmetric ones only.</summary>
    /// <remarks>Empty by default: settings add to a list, so a default would stay allowed next to the named ones.</remarks>
    public IList<string> Algorithms { get; set; } = [];

    /// <summary>The <c>typ</c> values that its tokens may carry. When none is named: <c>at+jwt</c>, <c>application/at+jwt</c>, <c>JWT</c>,
    /// or no <c>typ</c>.</summary>
    /// <remarks>
    /// Name only <c>at+jwt</c> where the issuer follows RFC 9068: then no other JWT of the issuer for the same audience, such as an ID
    /// token, is taken for an access token. A token without <c>typ</c> is refused as soon as one is named. Empty by default, because
    /// most issuers write <c>JWT</c> or nothing.
    /// </remarks>
    public IList<string> TokenTypes { get; set; } = [];

    /// <summary>The peak of tokens that it issues in a second, each a signature by its vault; null when not set.</summary>
    /// <remarks>
    /// All issuers of a vault together may need at most half of its quota, or logins wait for the vault: 100 a second with EC keys and
    /// RSA 2048, 25 with RSA 3072, 12.5 with RSA 4096.
    /// </remarks>
    public double? PeakTokensPerSecond { get; set; }

    /// <summary>How its tokens name the key: by its RFC 7638 thumbprint, or by the vault's version where an issuer cannot be
    /// changed.</summary>
    public KidForm KidForm { get; set; } = KidForm.Thumbprint;

    /// <summary>Where verifiers fetch this issuer's JWKS; read back before a rotation counts as verified.</summary>
    public Uri? PublicJwksUri { get; set; }

    /// <summary>The kid by which its tokens name a version.</summary>
    public string KidOf(VersionRecord version) => KidForm is KidForm.Thumbprint ? version.Thumbprint : version.Version;

    /// <summary>A media type in the short form of RFC 7515 §4.1.9: without <c>application/</c>.</summary>
    internal static string ShortType(string type) =>
        type.StartsWith("application/", StringComparison.OrdinalIgnoreCase) ? type["application/".Length..] : type;

    /// <summary>The algorithms that a key of this kind can be used with here.</summary>
    public IReadOnlyList<string> AlgorithmsFor(PublicJwk key) =>
        [.. (Algorithms.Count == 0 ? Usual : Algorithms.AsReadOnly()).Where(a => JwsAlgorithms.Fits(a, key))];
}
