namespace Rekey.Trust.History;

/// <summary>A version as the ledger knows it.</summary>
public sealed record VersionRecord(string Version, string Thumbprint, DateTimeOffset TrustedFrom, DateTimeOffset? CurrentFrom, string Basis)
{
    public DateTimeOffset? IssuedUntil { get; init; }

    public DateTimeOffset? TrustEndedAt { get; init; }
}
