namespace Rekey.Detections.Campaigns;

/// <summary>An entry of the blocklist that a token has led to.</summary>
/// <param name="IsListed">False between the intention and the change: a crash in between is made good.</param>
public sealed record TokenBlock(string EntryId, DateTimeOffset ExpiresAt, bool IsListed);
