namespace Rekey.Trust.History;

/// <summary>A version as recorded in the ledger.</summary>
public sealed record VersionRecord(string Version, string Thumbprint, DateTimeOffset TrustedFrom, DateTimeOffset? CurrentFrom, string Basis)
{
    /// <summary>Whether approvers vouched for it, because it was there before Rekey recorded it. Otherwise a rotation made it.</summary>
    public bool IsApproved => ApprovedBasis.DecisionOf(Basis) is not null;

    public DateTimeOffset? IssuedUntil { get; init; }

    public DateTimeOffset? TrustEndedAt { get; init; }
}
