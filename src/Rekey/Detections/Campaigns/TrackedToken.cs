using System.Text.Json.Serialization;

namespace Rekey.Detections.Campaigns;

/// <summary>A token under one verdict, with all that is known of its use. Personal data: kept in access-controlled tables only.</summary>
public sealed record TrackedToken(PresentedToken Token, IReadOnlyList<TokenUse> Uses)
{
    /// <summary>Since when it is held back, or was before it was raised.</summary>
    public DateTimeOffset? HeldSince { get; init; }

    public DateTimeOffset? RaisedAt { get; init; }

    /// <summary>It was raised because the hold had lasted long enough: a gap may still explain it.</summary>
    public bool IsPastHold { get; init; }

    /// <summary>Whoever judged it <c>unissued</c> has never read everything in which its issuance may be.</summary>
    public bool IsUnsure { get; init; }

    public DateTimeOffset? WithdrawnAt { get; init; }

    /// <summary>In which round of questions its blocking was put to the approvers; 0 for in none.</summary>
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
    /// When the token is dead for certain: a verdict on it is provisional until then. The forger chooses <c>exp</c>, so that it counts only
    /// as far as an honest one can lie.
    /// </summary>
    public DateTimeOffset FinalAt(TimeSpan maxTokenLifetime, TimeSpan skew)
    {
        var latest = LastSeen + maxTokenLifetime;
        return (Token.ExpiresAt < latest ? Token.ExpiresAt.Value : latest) + skew;
    }

    /// <summary>A verdict on it that was taken back and has come again counts anew.</summary>
    /// <param name="isUnsure">See <see cref="IsUnsure"/>. What was sure once stays so.</param>
    public TrackedToken SeenAgain(PresentedToken token, bool isUnsure) =>
        (WithdrawnAt is null ? this : this with { WithdrawnAt = null, RaisedAt = null, HeldSince = null, IsPastHold = false }) with
        {
            Token = Surer(Token, token),
            IsUnsure = (WithdrawnAt is not null || IsUnsure) && isUnsure,
        };

    /// <summary>Held or raised, by what may hide its issuance now.</summary>
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

    /// <summary>One gateway may verify signatures and another not: what says most about the key stands, whichever came first.</summary>
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
