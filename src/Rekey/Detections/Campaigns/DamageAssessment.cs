using Rekey.Detections.Sweeps;

namespace Rekey.Detections.Campaigns;

/// <summary>What a campaign came to: numbers only, nothing personal.</summary>
/// <param name="Tokens">Distinct tokens under the verdict; held and withdrawn ones are not in it.</param>
/// <param name="Accesses">At least that many; see <see cref="TokenUse.Accesses"/>.</param>
/// <param name="Subjects">Distinct (<c>iss</c>, <c>sub</c>).</param>
/// <param name="Issuers">Distinct <c>iss</c>: more than one only where they are not governed.</param>
/// <param name="DaysExposed">See <see cref="DaysOf"/>; 0 when there was no use.</param>
/// <param name="Held">Tokens that a gap holds back.</param>
/// <param name="PastHold">Tokens among the raised ones that a gap may still explain.</param>
/// <param name="Blocked">Tokens that are on the blocklist or were.</param>
/// <param name="AreLeast">The cap was reached: what lies beyond it is in none of the numbers.</param>
public sealed record DamageAssessment(
    int Tokens,
    long Accesses,
    int Subjects,
    int Addresses,
    int Networks,
    int Issuers,
    DateTimeOffset? FirstUse,
    DateTimeOffset? LastUse,
    int DaysExposed,
    int Held,
    int PastHold,
    int Withdrawn,
    int Blocked,
    bool AreLeast
)
{
    /// <summary>Adds up what is known. Pure.</summary>
    /// <param name="trustEndedAt">When the trust of the campaign's key ended; null while it is trusted or where that is not known.</param>
    public static DamageAssessment Of(IReadOnlyCollection<TokenChunk> chunks, DateTimeOffset? trustEndedAt = null)
    {
        var tokens = chunks.SelectMany(c => c.Tokens).ToList();
        var raised = tokens.Where(t => t.Standing is TokenStanding.Raised).ToList();
        var uses = raised.SelectMany(t => t.Uses).ToList();
        var addresses = uses.Select(u => u.Address).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var (first, last) = (uses.Min(u => (DateTimeOffset?)u.FirstSeen), uses.Max(u => (DateTimeOffset?)u.LastSeen));
        return new(
            raised.Count,
            uses.Sum(u => u.Accesses),
            raised.Where(t => t.Token.Sub is not null).Select(t => (t.Token.Iss, t.Token.Sub)).Distinct().Count(),
            addresses.Count,
            addresses.Select(AddressNetwork.Of).Distinct(StringComparer.Ordinal).Count(),
            raised.Select(t => t.Token.Iss).Distinct(StringComparer.Ordinal).Count(),
            first,
            last,
            first is null ? 0 : DaysOf(first.Value, last!.Value, trustEndedAt),
            tokens.Count(t => t.Standing is TokenStanding.Held),
            raised.Count(t => t.IsPastHold),
            tokens.Count(t => t.Standing is TokenStanding.Withdrawn),
            raised.Count(t => t.Block is { IsListed: true }),
            chunks.Any(c => c.HasMore)
        );
    }

    /// <summary>How many days somebody was exposed: from the first use to the last, or to the end of the key's trust where that came later.
    /// A part of a day counts as one, and so does a single use.</summary>
    /// <param name="trustEndedAt">When the trust of the key ended; null while it is trusted or where that is not known.</param>
    public static int DaysOf(DateTimeOffset firstUse, DateTimeOffset lastUse, DateTimeOffset? trustEndedAt) =>
        Math.Max(1, (int)Math.Ceiling(((trustEndedAt > lastUse ? trustEndedAt.Value : lastUse) - firstUse).TotalDays));
}
