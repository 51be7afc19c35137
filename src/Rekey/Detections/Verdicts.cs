namespace Rekey.Detections;

/// <summary>Converts verdicts to and from their codes in queries, files and findings.</summary>
public static class Verdicts
{
    private static readonly Dictionary<string, Verdict> ByCode = Enum.GetValues<Verdict>()
        .ToDictionary(v => v.Code(), StringComparer.Ordinal);

    /// <summary>The lower-case code, such as <c>out-of-window</c>.</summary>
    public static string Code(this Verdict verdict) =>
        verdict switch
        {
            Verdict.Unissued => "unissued",
            Verdict.Altered => "altered",
            Verdict.OutOfWindow => "out-of-window",
            Verdict.RetiredKey => "retired-key",
            Verdict.VerifierLag => "verifier-lag",
            Verdict.Unidentified => "unidentified",
            Verdict.Shared => "shared",
            Verdict.MalformedClaims => "malformed-claims",
            _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
        };

    /// <summary>Whether the verdict means a forged token. <c>rekey sweep</c> then ends with exit code 2.</summary>
    public static bool IsForgery(this Verdict verdict) => verdict is Verdict.Unissued or Verdict.Altered;

    /// <summary>Whether an issuance that was not logged, or not read, may explain the verdict.</summary>
    public static bool MayBeHidden(this Verdict verdict) => verdict is Verdict.Unissued;

    /// <summary>Whether a late issuance may withdraw or replace the verdict: its tokens are judged again (T17).</summary>
    public static bool IsProvisional(this Verdict verdict) => verdict is Verdict.Unissued or Verdict.Altered or Verdict.RetiredKey;

    /// <summary>Whether a late issuance may turn it into the other verdict.</summary>
    public static bool MayBecome(this Verdict was, Verdict now) =>
        (was, now) is (Verdict.Unissued, Verdict.Altered) or (Verdict.RetiredKey, Verdict.VerifierLag);

    /// <summary>Whether it remains of the other verdict after the issuance became too old to read: that withdraws nothing.</summary>
    public static bool MayFallBackTo(this Verdict was, Verdict now) => (was, now) is (Verdict.Altered, Verdict.Unissued);

    /// <exception cref="FormatException">The code is unknown.</exception>
    public static Verdict Parse(string code) =>
        ByCode.TryGetValue(code, out var verdict) ? verdict : throw new FormatException($"'{code}' is not a verdict.");
}
