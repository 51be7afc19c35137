namespace Rekey.Detections.Campaigns;

/// <summary>The damage of a campaign, in numbers without personal data.</summary>
/// <param name="Tokens">Distinct tokens with the verdict, without held and withdrawn ones.</param>
/// <param name="Accesses">The minimum number of accesses; see <see cref="TokenUse.Accesses"/>.</param>
/// <param name="Subjects">Distinct (<c>iss</c>, <c>sub</c>).</param>
/// <param name="Issuers">Distinct <c>iss</c>: more than one only if they are not governed.</param>
/// <param name="DaysExposed">Days from the first use to the last, or to the end of trust in the key; 0 without any use.</param>
/// <param name="Held">Tokens that a gap holds back.</param>
/// <param name="PastHold">Reported tokens that a gap may still explain.</param>
/// <param name="Blocked">Tokens that are or were on the blocklist.</param>
/// <param name="AreLeast">Whether the campaign reached its cap: the numbers are minimums.</param>
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
    /// <summary>Computes the assessment. Pure.</summary>
    /// <param name="trustEndedAt">When trust in the campaign's key ended; null if it is still trusted, or if unknown.</param>
    public static DamageAssessment Of(IReadOnlyCollection<TokenChunk> chunks, DateTimeOffset? trustEndedAt = null)
    {
        var tokens = chunks.SelectMany(c => c.Tokens).ToList();
        var raised = tokens.Where(t => t.Standing is TokenStanding.Raised).ToList();
        var count = new DamageCount();
        foreach (var (token, use) in raised.SelectMany(t => t.Uses, (t, use) => (t.Token, use)))
        {
            count.Add(token, use);
        }

        return new(
            count.Tokens,
            count.Accesses,
            count.Subjects,
            count.Addresses,
            count.Networks,
            count.Issuers,
            count.Tokens == 0 ? null : count.FirstSeen,
            count.Tokens == 0 ? null : count.LastSeen,
            count.DaysExposed(trustEndedAt),
            tokens.Count(t => t.Standing is TokenStanding.Held),
            raised.Count(t => t.IsPastHold),
            tokens.Count(t => t.Standing is TokenStanding.Withdrawn),
            raised.Count(t => t.Block is { IsListed: true }),
            chunks.Any(c => c.HasMore)
        );
    }
}
