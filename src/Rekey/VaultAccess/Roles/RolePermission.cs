namespace Rekey.VaultAccess.Roles;

/// <summary>One entry of a role's permissions. Exclusions apply only within the entry.</summary>
public sealed record RolePermission(
    IReadOnlyList<string> Actions,
    IReadOnlyList<string> NotActions,
    IReadOnlyList<string> DataActions,
    IReadOnlyList<string> NotDataActions
)
{
    /// <summary>Whether it gives a control-plane operation.</summary>
    public bool Gives(string operation) => ActionPattern.Any(Actions, operation) && !ActionPattern.Any(NotActions, operation);

    /// <summary>Whether it gives a data operation.</summary>
    public bool GivesData(string operation) => ActionPattern.Any(DataActions, operation) && !ActionPattern.Any(NotDataActions, operation);
}
