namespace Rekey.Trust.Publishing;

/// <summary>A trusted version whose public key is missing, so that no list can name it yet.</summary>
public sealed record UnreadVersion(string KeyId, string IssuerName, string Version, Exception Why);
