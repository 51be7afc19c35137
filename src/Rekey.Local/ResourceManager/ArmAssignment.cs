namespace Rekey.Local.ResourceManager;

/// <summary>A role assignment.</summary>
public sealed record ArmAssignment(
    string Name,
    string Scope,
    string RoleId,
    string PrincipalId,
    string PrincipalType,
    DateTimeOffset CreatedOn,
    string CreatedBy
)
{
    public string Id => ArmEstate.Under(Scope, "roleAssignments", Name);

    /// <summary>The kinds of principals whose assignments it lets its holder delete, as a condition on it says; null without a
    /// condition.</summary>
    public IReadOnlyList<string>? DeletesOnly { get; init; }

    /// <summary>The condition as on the wire; null without one. Only <see cref="DeletesOnly"/> narrows anything here.</summary>
    public string? Condition
    {
        get =>
            DeletesOnly is null
                ? field
                : "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR "
                    + "(@Resource[Microsoft.Authorization/roleAssignments:PrincipalType] "
                    + $"ForAnyOfAnyValues:StringEqualsIgnoreCase {{{string.Join(", ", DeletesOnly.Select(k => $"'{k}'"))}}}))";
        init;
    }

    public string? Description { get; init; }

    /// <summary>The eligibility that it is an activation of; null when it is assigned.</summary>
    public string? ActivationOf { get; init; }
}
