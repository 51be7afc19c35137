namespace Rekey.VaultAccess;

/// <summary>The facts about a principal.</summary>
/// <param name="Id">Object id, lower case.</param>
public sealed record PrincipalFacts(string Id, PrincipalKind Kind)
{
    /// <summary>The members of a group, through nested groups too, including those groups.</summary>
    public IReadOnlyList<string> Members { get; init; } = [];

    /// <summary>The owners of a group, or of a service principal and its application, who may add members or credentials.</summary>
    public IReadOnlyList<string> Owners { get; init; } = [];

    /// <summary>The resource of a managed identity: the identity itself (user-assigned), or its host (system-assigned).</summary>
    public string? ResourceId { get; init; }

    /// <summary>The federated credentials of a managed identity: <c>issuer|subject</c>.</summary>
    public IReadOnlyList<string> FederatedCredentials { get; init; } = [];

    /// <summary>The resources that run as a user-assigned identity.</summary>
    public IReadOnlyList<string> Carriers { get; init; } = [];

    /// <summary>Converts Azure's name of a kind.</summary>
    public static PrincipalKind KindOf(string? principalType) =>
        principalType?.ToUpperInvariant() switch
        {
            "USER" => PrincipalKind.User,
            "GROUP" => PrincipalKind.Group,
            "SERVICEPRINCIPAL" => PrincipalKind.ServicePrincipal,
            _ => PrincipalKind.Unknown,
        };
}
