namespace Rekey.Trust.History;

/// <summary>A version as recorded in the ledger.</summary>
public sealed record VersionRecord(string Version, string Thumbprint, DateTimeOffset TrustedFrom, DateTimeOffset? CurrentFrom, string Basis)
{
    public DateTimeOffset? IssuedUntil { get; init; }

    public DateTimeOffset? TrustEndedAt { get; init; }
}
