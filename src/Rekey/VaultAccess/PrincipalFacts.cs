namespace Rekey.VaultAccess;

/// <summary>What is known of a principal.</summary>
/// <param name="Id">Object id, lower case.</param>
public sealed record PrincipalFacts(string Id, PrincipalKind Kind)
{
    /// <summary>Of a group: everybody in it, through nested groups too, those groups among them.</summary>
    public IReadOnlyList<string> Members { get; init; } = [];

    /// <summary>Of a group, of a service principal and its application: who may add members or credentials.</summary>
    public IReadOnlyList<string> Owners { get; init; } = [];

    /// <summary>Of a managed identity: the resource that is it (user-assigned) or bears it (system-assigned).</summary>
    public string? ResourceId { get; init; }

    /// <summary>Whom a managed identity trusts besides: <c>issuer|subject</c>.</summary>
    public IReadOnlyList<string> FederatedCredentials { get; init; } = [];

    /// <summary>Of a user-assigned identity: resources that run as it.</summary>
    public IReadOnlyList<string> Carriers { get; init; } = [];

    /// <summary>The kind that Azure's word for it stands for.</summary>
    public static PrincipalKind KindOf(string? principalType) =>
        principalType?.ToUpperInvariant() switch
        {
            "USER" => PrincipalKind.User,
            "GROUP" => PrincipalKind.Group,
            "SERVICEPRINCIPAL" => PrincipalKind.ServicePrincipal,
            _ => PrincipalKind.Unknown,
        };
}
