namespace Rekey.VaultAccess.Reading;

/// <summary>A vault's properties, as far as they decide who reaches what is in it.</summary>
/// <param name="IsRbac">False also where the vault does not say: that means access policies.</param>
/// <param name="Policies">Kept by the vault in either permission model; void under RBAC.</param>
/// <param name="IsPurgeProtected">On only where the vault says so.</param>
/// <param name="SoftDeleteDays">Null where soft delete is off.</param>
public sealed record VaultFacts(
    Uri VaultUri,
    bool IsRbac,
    IReadOnlyList<AccessPolicy> Policies,
    bool IsPurgeProtected,
    int? SoftDeleteDays,
    VaultNetwork Network
);
