using Rekey.Detections;

namespace Rekey.Cli.Detections.Words;

/// <summary>The meaning of each verdict, and its remedy.</summary>
internal static class VerdictWords
{
    public static string Meaning(this Verdict verdict) =>
        verdict switch
        {
            Verdict.Unissued => "accepted, and nobody issued it",
            Verdict.Altered => "accepted with other content than was issued",
            Verdict.OutOfWindow => "accepted before its iat or after its exp",
            Verdict.RetiredKey => "accepted under a key that was not trusted at that time",
            Verdict.VerifierLag => "accepted shortly after trust in its key ended: a gateway still cached the key",
            Verdict.Unidentified => "has no jti or no issuer, so it cannot be matched to an issuance",
            Verdict.MalformedClaims => "accepted with claims that cannot be read",
            Verdict.Shared => "used from more networks or addresses than one holder has",
            _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
        };

    public static string Remedy(this Verdict verdict) =>
        verdict switch
        {
            Verdict.Unissued => "An attacker can sign with this key, or the issuer does not log every token. If no gap in its log explains "
                + "the token: rotate the key now, end its trust, and block these tokens.",
            Verdict.Altered => "An attacker can sign with this key. Rotate the key now, end its trust, and check what the altered tokens "
                + "were used for.",
            Verdict.OutOfWindow => "A gateway does not check iat and exp, or its clock is wrong. Fix that gateway.",
            Verdict.RetiredKey => "A gateway still trusts a key whose trust has ended. Find out where the gateway gets its keys.",
            Verdict.VerifierLag => "No action, if it stops when the gateways' cache time ends.",
            Verdict.Unidentified =>
                "Configure the issuer to put a jti into every token (RFC 9068 requires it), or map the column that holds it.",
            Verdict.MalformedClaims =>
                "A gateway accepted a claim of the wrong type. Fix that gateway: it must refuse such a token (RFC 7519 §4).",
            Verdict.Shared => "The token was shared or stolen. Block it, and ask its holder.",
            _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
        };
}
