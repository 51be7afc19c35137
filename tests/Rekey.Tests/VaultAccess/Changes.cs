namespace Rekey.Tests.VaultAccess;

/// <summary>What holds after all changes.</summary>
/// <param name="IsRbac">The vault's permission model now.</param>
/// <param name="IsDeclaredModel">Whether it is the declared one.</param>
public sealed record Actual(bool IsRbac, bool IsDeclaredModel);

/// <summary>A change, and the findings that it calls for once all changes are made.</summary>
public delegate Func<Actual, IEnumerable<string>> Change(ProdVault vault, Random dice);

/// <summary>Changes that somebody can make to a declared estate. Each has principals of its own, so that what it calls for does not depend on the others but by the permission model.</summary>
public static class Changes
{
    public static readonly IReadOnlyList<Change> All =
    [
        .. GrantChanges.All, .. PolicyChanges.All, .. VaultChanges.All, .. RotationChanges.All, .. ForeignChanges.All, .. WayRoundChanges.All,
    ];
}
