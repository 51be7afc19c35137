namespace Rekey.Detections;

/// <summary>Verdicts as they are written in queries, files and findings.</summary>
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
            _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
        };

    /// <summary>Whether it says that somebody made a token who may not: what a sweep ends with exit code 2 for.</summary>
    public static bool IsForgery(this Verdict verdict) => verdict is Verdict.Unissued or Verdict.Altered;

    /// <summary>Whether an issuance that arrives late may take it back, or make another of it: tokens under it are judged again
    /// (T17).</summary>
    public static bool IsProvisional(this Verdict verdict) => verdict is Verdict.Unissued or Verdict.Altered or Verdict.RetiredKey;

    /// <summary>Whether a late issuance may make this of it.</summary>
    public static bool MayBecome(this Verdict was, Verdict now) =>
        (was, now) is (Verdict.Unissued, Verdict.Altered) or (Verdict.RetiredKey, Verdict.VerifierLag);

    /// <summary>Whether it is what was left of it when the issuance that it was held against has only grown old: that takes nothing
    /// back.</summary>
    public static bool MayFallBackTo(this Verdict was, Verdict now) => (was, now) is (Verdict.Altered, Verdict.Unissued);

    /// <exception cref="FormatException">It is no verdict's code.</exception>
    public static Verdict Parse(string code) =>
        ByCode.TryGetValue(code, out var verdict) ? verdict : throw new FormatException($"'{code}' is no verdict.");
}
