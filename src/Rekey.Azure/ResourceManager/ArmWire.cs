using System.Text.Json.Serialization;

namespace Rekey.Azure.ResourceManager;

/// <summary>The properties that Rekey reads from Azure Resource Manager. Every member may be missing.</summary>
internal static class ArmWire
{
    internal sealed record Page<T>(IReadOnlyList<Resource<T>>? Value, string? NextLink);

    internal sealed record Resource<T>(string? Id, string? Name, T? Properties);

    internal sealed record Provider(string? RegistrationState);

    internal sealed record Group(IReadOnlyDictionary<string, string>? Tags);

    /// <summary>Asks whether a name is free: of a storage account, a vault or an app.</summary>
    internal sealed record NameQuestion(string Name, string Type);

    internal sealed record NameAnswer(bool? NameAvailable, string? Reason, string? Message);

    /// <summary>The states by which an alert rule, a partner topic or a policy assignment is on.</summary>
    internal sealed record State(bool? Enabled, string? ActivationState, string? EnforcementMode);

    internal sealed record RightsPage(IReadOnlyList<Rights>? Value, string? NextLink);

    internal sealed record Rights(IReadOnlyList<string>? Actions, IReadOnlyList<string>? NotActions);

    internal sealed record Vault(
        Uri? VaultUri,
        bool? EnableRbacAuthorization,
        IReadOnlyList<Policy>? AccessPolicies,
        bool? EnablePurgeProtection,
        bool? EnableSoftDelete,
        int? SoftDeleteRetentionInDays,
        string? PublicNetworkAccess,
        NetworkAcls? NetworkAcls,
        IReadOnlyList<Resource<EndpointConnection>>? PrivateEndpointConnections
    );

    internal sealed record Policy(string? ObjectId, string? ApplicationId, Permissions? Permissions);

    internal sealed record Permissions(
        IReadOnlyList<string>? Keys,
        IReadOnlyList<string>? Secrets,
        IReadOnlyList<string>? Certificates,
        IReadOnlyList<string>? Storage
    );

    internal sealed record EndpointConnection(Endpoint? PrivateEndpoint, ConnectionState? PrivateLinkServiceConnectionState);

    internal sealed record Endpoint(string? Id);

    internal sealed record ConnectionState(string? Status);

    internal sealed record NetworkAcls(
        string? DefaultAction,
        string? Bypass,
        IReadOnlyList<IpRule>? IpRules,
        IReadOnlyList<SubnetRule>? VirtualNetworkRules
    );

    internal sealed record IpRule(string? Value);

    internal sealed record SubnetRule(string? Id);

    internal sealed record Assignment(
        string? RoleDefinitionId,
        string? PrincipalId,
        string? PrincipalType,
        string? Scope,
        string? Condition,
        DateTimeOffset? CreatedOn,
        string? CreatedBy
    );

    internal sealed record Role(string? RoleName, string? Type, IReadOnlyList<RolePermissions>? Permissions);

    internal sealed record RolePermissions(
        IReadOnlyList<string>? Actions,
        IReadOnlyList<string>? NotActions,
        IReadOnlyList<string>? DataActions,
        IReadOnlyList<string>? NotDataActions
    );

    internal sealed record Schedule(
        string? RoleDefinitionId,
        string? PrincipalId,
        string? PrincipalType,
        string? Scope,
        string? AssignmentType,
        string? OriginRoleAssignmentId,
        string? LinkedRoleEligibilityScheduleInstanceId
    );

    internal sealed record Diagnostics(
        IReadOnlyList<Log>? Logs,
        string? WorkspaceId,
        string? StorageAccountId,
        string? EventHubAuthorizationRuleId,
        string? LogAnalyticsDestinationType
    );

    internal sealed record Log(string? Category, string? CategoryGroup, bool Enabled);

    internal sealed record Table(int? RetentionInDays, int? TotalRetentionInDays);

    internal sealed record Key(string? Kty, KeyAttributes? Attributes);

    internal sealed record KeyAttributes(bool? Enabled, [property: JsonPropertyName("exp")] long? Expires, long? Created, bool? Exportable);

    internal sealed record Federated(string? Issuer, string? Subject);

    internal sealed record GraphQuery(string Query, GraphQueryOptions Options);

    internal sealed record GraphQueryOptions([property: JsonPropertyName("$skipToken")] string? SkipToken, string ResultFormat);

    internal sealed record GraphResult(IReadOnlyList<GraphRow>? Data, [property: JsonPropertyName("$skipToken")] string? SkipToken);

    internal sealed record GraphRow(string? Id);
}
