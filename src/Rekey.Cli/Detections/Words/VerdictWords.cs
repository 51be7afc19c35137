using Rekey.Detections;

namespace Rekey.Cli.Detections.Words;

/// <summary>What verdicts mean, for people.</summary>
internal static class VerdictWords
{
    public static string Meaning(this Verdict verdict) =>
        verdict switch
        {
            Verdict.Unissued => "accepted, and nobody issued it",
            Verdict.Altered => "issued with other content than was accepted",
            Verdict.OutOfWindow => "accepted before its iat or after its exp",
            Verdict.RetiredKey => "accepted under a key that was not trusted then",
            Verdict.VerifierLag => "accepted just after its key had ended: a gateway still cached it",
            Verdict.Unidentified => "has no jti: nobody can say whether it was issued",
            Verdict.Shared => "one token from more places than one holder has",
            _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
        };

    public static string Remedy(this Verdict verdict) =>
        verdict switch
        {
            Verdict.Unissued =>
                "Somebody else can sign with this key, or the issuer does not log every token. If no gap in its log explains "
                    + "it: rotate the key now, end its trust, block these tokens.",
            Verdict.Altered =>
                "Somebody else can sign with this key. Rotate the key now, end its trust, and look at what the altered tokens "
                    + "were used for.",
            Verdict.OutOfWindow => "A gateway does not check iat and exp, or its clock is wrong. Mend that gateway.",
            Verdict.RetiredKey => "A gateway trusts a key that it should have forgotten. Find out where it takes its keys from.",
            Verdict.VerifierLag => "Nothing, if it ends with the gateways' cache time.",
            Verdict.Unidentified => "Let the issuer put a jti into every token (RFC 9068 requires it), or map the column that holds it.",
            Verdict.Shared => "A token was handed round or stolen. Block it, and ask its holder.",
            _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
        };
}
