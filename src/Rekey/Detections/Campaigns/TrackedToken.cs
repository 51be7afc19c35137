using System.Text.Json.Serialization;

namespace Rekey.Detections.Campaigns;

/// <summary>A token with one verdict and its known uses. Personal data: kept in access-controlled tables only.</summary>
public sealed record TrackedToken(PresentedToken Token, IReadOnlyList<TokenUse> Uses)
{
    /// <summary>When its hold began; kept after it was reported.</summary>
    public DateTimeOffset? HeldSince { get; init; }

    public DateTimeOffset? RaisedAt { get; init; }

    /// <summary>Whether it was reported because its hold expired: a gap may still explain it.</summary>
    public bool IsPastHold { get; init; }

    /// <summary>Whether no sweep has read every file that may contain its issuance.</summary>
    public bool IsUnsure { get; init; }

    public DateTimeOffset? WithdrawnAt { get; init; }

    /// <summary>The round in which approvers were asked to block it; 0 for none.</summary>
    public int Round { get; init; }

    public TokenBlock? Block { get; init; }

    [JsonIgnore]
    public TokenStanding Standing =>
        WithdrawnAt is not null ? TokenStanding.Withdrawn
        : RaisedAt is not null ? TokenStanding.Raised
        : TokenStanding.Held;

    [JsonIgnore]
    public DateTimeOffset FirstSeen => Uses.Min(u => u.FirstSeen);

    [JsonIgnore]
    public DateTimeOffset LastSeen => Uses.Max(u => u.LastSeen);

    /// <summary>
    /// When the token has certainly expired: a verdict on it is provisional until then. A forger chooses <c>exp</c>, so it counts only up
    /// to the latest legitimate value.
    /// </summary>
    public DateTimeOffset FinalAt(TimeSpan maxTokenLifetime, TimeSpan skew)
    {
        var latest = LastSeen + maxTokenLifetime;
        return (Token.ExpiresAt < latest ? Token.ExpiresAt.Value : latest) + skew;
    }

    /// <summary>Restores a withdrawn verdict that was found again.</summary>
    /// <param name="isUnsure">See <see cref="IsUnsure"/>. A certain verdict stays certain.</param>
    public TrackedToken SeenAgain(PresentedToken token, bool isUnsure) =>
        (WithdrawnAt is null ? this : this with { WithdrawnAt = null, RaisedAt = null, HeldSince = null, IsPastHold = false }) with
        {
            Token = Surer(Token, token),
            IsUnsure = (WithdrawnAt is not null || IsUnsure) && isUnsure,
        };

    /// <summary>Holds or reports the token, by whether its issuance may be hidden now.</summary>
    public TrackedToken Weighed(bool mayBeHidden, DateTimeOffset now, TimeSpan holdDeadline)
    {
        if (WithdrawnAt is not null || RaisedAt is not null)
        {
            return this;
        }

        var since = HeldSince ?? now;
        return !mayBeHidden ? this with { RaisedAt = now }
            : now >= since + holdDeadline ? this with { HeldSince = since, RaisedAt = now, IsPastHold = true }
            : this with { HeldSince = since };
    }

    public TrackedToken Withdrawn(DateTimeOffset now) => WithdrawnAt is null ? this with { WithdrawnAt = now } : this;

    /// <summary>Merges two sightings. The one that says most about the key wins, in any order.</summary>
    private static PresentedToken Surer(PresentedToken a, PresentedToken b) => Rank(a).CompareTo(Rank(b)) >= 0 ? a : b;

    private static (int, string) Rank(PresentedToken t) =>
        (
            t.SignatureVerified switch
            {
                true => 2,
                null => 1,
                false => 0,
            },
            t.KeyThumbprint ?? ""
        );
}
