namespace Rekey.VaultAccess.Reading;

/// <summary>The properties of a vault that determine access to its contents.</summary>
/// <param name="IsRbac">False also if the vault has no value: that means access policies.</param>
/// <param name="Policies">Kept by the vault in either permission model; void under RBAC.</param>
/// <param name="IsPurgeProtected">True only if the vault reports it.</param>
/// <param name="SoftDeleteDays">Null if soft delete is off.</param>
public sealed record VaultFacts(
    Uri VaultUri,
    bool IsRbac,
    IReadOnlyList<AccessPolicy> Policies,
    bool IsPurgeProtected,
    int? SoftDeleteDays,
    VaultNetwork Network
);
