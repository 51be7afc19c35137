namespace Rekey.Tests.VaultAccess.Drifts;

/// <summary>Changes that somebody can make to a declared estate. Each has principals of its own, so that what it calls for does not
/// depend on the others but by the permission model.</summary>
public static class Changes
{
    public static readonly IReadOnlyList<Change> All =
    [
        .. GrantChanges.All,
        .. PolicyChanges.All,
        .. VaultChanges.All,
        .. RotationDriftChanges.All,
        .. ForeignChanges.All,
        .. AttackPathChanges.All,
    ];
}
