namespace Rekey.Trust.Publishing;

/// <summary>A trusted version that no list can show yet.</summary>
public sealed record UnreadVersion(string KeyId, string Version, Exception Why);
