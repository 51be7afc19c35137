using Rekey.Detections.Campaigns;

namespace Rekey.Detections.Samples;

/// <summary>What a forger did under one stolen key, over all tokens that are <see cref="Verdicts.IsForgery"/>.</summary>
/// <param name="Tokens">Distinct <see cref="PresentedToken.Id"/>s.</param>
/// <param name="DaysExposed">See <see cref="DamageAssessment.DaysOf"/>.</param>
public sealed record Damage(
    string Iss,
    string? Kid,
    int Tokens,
    long Accesses,
    int Subjects,
    int Addresses,
    DateTimeOffset FirstUse,
    DateTimeOffset LastUse,
    int DaysExposed
)
{
    /// <remarks>The key is trusted on: nobody knows yet.</remarks>
    public static Damage Of(string iss, string? kid, IReadOnlyCollection<Sighting> forged)
    {
        // An access that is unissued and shared too, say, has two sightings; one that is forged has one.
        var (first, last) = (forged.Min(s => s.FirstSeen), forged.Max(s => s.LastSeen));
        return new(
            iss,
            kid,
            forged.Select(s => s.Token.Id).Distinct().Count(),
            forged.Sum(s => s.Accesses),
            forged.Select(s => s.Token.Sub).OfType<string>().Distinct().Count(),
            forged.Select(s => s.SrcIpAddr).OfType<string>().Distinct().Count(),
            first,
            last,
            DamageAssessment.DaysOf(first, last, trustEndedAt: null)
        );
    }
}
