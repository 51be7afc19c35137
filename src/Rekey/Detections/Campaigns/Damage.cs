namespace Rekey.Detections.Campaigns;

/// <summary>The damage of a forger under one stolen key, over all tokens that are <see cref="Verdicts.IsForgery"/>. The figures are
/// those of <see cref="DamageCount"/>.</summary>
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
    /// <param name="trustEndedAt">When trust in the key ended; null if it is still trusted, or if unknown.</param>
    public static Damage Of(string iss, string? kid, DamageCount count, DateTimeOffset? trustEndedAt) =>
        new(
            iss,
            kid,
            count.Tokens,
            count.Accesses,
            count.Subjects,
            count.Addresses,
            count.FirstSeen,
            count.LastSeen,
            count.DaysExposed(trustEndedAt)
        );
}
