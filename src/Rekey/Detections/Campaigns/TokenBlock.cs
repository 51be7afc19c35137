namespace Rekey.Detections.Campaigns;

/// <summary>The blocklist entry of a token.</summary>
/// <param name="IsListed">False between the intention and the change; after a crash, Rekey completes the change.</param>
public sealed record TokenBlock(string EntryId, DateTimeOffset ExpiresAt, bool IsListed)
{
    /// <summary>When it was listed; null before that, and for an entry that an earlier release listed.</summary>
    public DateTimeOffset? ListedAt { get; init; }
}
