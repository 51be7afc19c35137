namespace Rekey.Detections;

/// <summary>The table of verdicts: a row for each, with its code, its words, and what follows from it.</summary>
public static class Verdicts
{
    private static readonly Dictionary<Verdict, Row> Table = new()
    {
        [Verdict.Unissued] = new(
            "unissued",
            "accepted without a logged issuance",
            "An attacker can sign with this key, or the issuer does not log every token. If no gap in its log explains the tokens: rotate "
                + "the key now, end its trust, and block these tokens."
        )
        {
            IsForgery = true,
            MayBeHidden = true,
            IsProvisional = true,
            Becomes = Verdict.Altered,
            IsProof = true,
        },
        [Verdict.Altered] = new(
            "altered",
            "accepted with other content than was issued",
            "An attacker can sign with this key. Rotate the key now, end its trust, and check what the altered tokens were used for."
        )
        {
            IsForgery = true,
            IsProvisional = true,
        },
        [Verdict.OutOfWindow] = new(
            "out-of-window",
            "accepted before iat or after exp",
            "A gateway does not check iat and exp, or its clock is wrong. Fix that gateway."
        ),
        [Verdict.RetiredKey] = new(
            "retired-key",
            "accepted under a key that was not trusted at that time",
            "A gateway still trusts a key whose trust has ended. Find out where the gateway gets its keys."
        )
        {
            JudgesKeys = true,
            IsProvisional = true,
            Becomes = Verdict.VerifierLag,
        },
        [Verdict.VerifierLag] = new(
            "verifier-lag",
            "accepted shortly after trust in the key ended: a gateway still cached the key",
            "No action, if it stops when the gateways' cache time ends."
        )
        {
            JudgesKeys = true,
            IsLegitimate = true,
        },
        [Verdict.Unidentified] = new(
            "unidentified",
            "accepted without a jti or an issuer, so Rekey can match no issuance",
            "Configure the issuer to put a jti into every token (RFC 9068 requires it), or map the column that holds it."
        ),
        [Verdict.Shared] = new(
            "shared",
            "used from more networks or addresses than one holder has",
            "The token was shared or stolen. Block it, and ask its holder."
        ),
        [Verdict.MalformedClaims] = new(
            "malformed-claims",
            "accepted with claims that cannot be read",
            "A gateway accepted a claim of the wrong type. Fix that gateway: it must refuse such a token (RFC 7519 §4)."
        ),
    };

    private static readonly Dictionary<string, Verdict> ByCode = Table.ToDictionary(r => r.Value.Code, r => r.Key, StringComparer.Ordinal);

    /// <summary>The lower-case code, such as <c>out-of-window</c>.</summary>
    public static string Code(this Verdict verdict) => Of(verdict).Code;

    /// <summary>What gateways did with tokens of this verdict, to follow <c>3 tokens:</c>.</summary>
    public static string Meaning(this Verdict verdict) => Of(verdict).Meaning;

    /// <summary>The probable cause, and what to do about it. Whole sentences.</summary>
    public static string Remedy(this Verdict verdict) => Of(verdict).Remedy;

    /// <summary>The kind of its findings, which is also the section of the runbook.</summary>
    public static string FindingKind(this Verdict verdict) => $"tokens-{verdict.Code()}";

    /// <summary>Whether the verdict means a forged token. <c>rekey sweep</c> then ends with exit code 2.</summary>
    public static bool IsForgery(this Verdict verdict) => Of(verdict).IsForgery;

    /// <summary>Whether tokens of the verdict are enough for a response without approval: they are blocked, and several rotate their key.
    /// The tokens of other verdicts are only blocked, and their keys only rotated, after approval.</summary>
    public static bool IsProof(this Verdict verdict) => Of(verdict).IsProof;

    /// <summary>Whether an issuance that was not logged, or not read, may explain the verdict.</summary>
    public static bool MayBeHidden(this Verdict verdict) => Of(verdict).MayBeHidden;

    /// <summary>Whether the tokens are legitimate: their findings are informational, and they are never blocked.</summary>
    public static bool IsLegitimate(this Verdict verdict) => Of(verdict).IsLegitimate;

    /// <summary>Whether the verdict is about the trust in a key: an issuer without trust windows gets none.</summary>
    public static bool JudgesKeys(this Verdict verdict) => Of(verdict).JudgesKeys;

    /// <summary>Whether a late issuance may withdraw or replace the verdict: its tokens are judged again (T17).</summary>
    public static bool IsProvisional(this Verdict verdict) => Of(verdict).IsProvisional;

    /// <summary>Whether a late issuance may turn it into the other verdict.</summary>
    public static bool MayBecome(this Verdict was, Verdict now) => Of(was).Becomes == now;

    /// <exception cref="FormatException">The code is unknown.</exception>
    public static Verdict Parse(string code) =>
        ByCode.TryGetValue(code, out var verdict) ? verdict : throw new FormatException($"'{code}' is not a verdict.");

    private static Row Of(Verdict verdict) =>
        Table.TryGetValue(verdict, out var row) ? row : throw new ArgumentOutOfRangeException(nameof(verdict), verdict, "It has no row.");

    private sealed record Row(string Code, string Meaning, string Remedy)
    {
        public bool IsForgery { get; init; }

        public bool IsProof { get; init; }

        public bool MayBeHidden { get; init; }

        public bool IsLegitimate { get; init; }

        public bool JudgesKeys { get; init; }

        public bool IsProvisional { get; init; }

        /// <summary>The verdict that a late issuance may turn it into.</summary>
        public Verdict? Becomes { get; init; }
    }
}
