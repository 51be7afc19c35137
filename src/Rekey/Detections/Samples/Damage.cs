using Rekey.Detections.Campaigns;

namespace Rekey.Detections.Samples;

/// <summary>The damage of a forger under one stolen key, over all tokens that are <see cref="Verdicts.IsForgery"/>.</summary>
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
    /// <remarks>The key is still trusted: the theft is not known yet.</remarks>
    public static Damage Of(string iss, string? kid, IReadOnlyCollection<Sighting> forged)
    {
        // An access can have several sightings, such as unissued and shared, but only one of a forgery.
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
