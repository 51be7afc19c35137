using System.Globalization;
using System.Text.Json.Nodes;
using Rekey.Local.KeyVault;

namespace Rekey.Local.ResourceManager;

/// <summary>Resources as they are on the wire.</summary>
internal static class ArmBodies
{
    public static JsonObject Vault(ArmVault vault, string tenantId) => new()
    {
        ["id"] = vault.Id,
        ["name"] = Last(vault.Id),
        ["type"] = "Microsoft.KeyVault/vaults",
        ["location"] = "westeurope",
        ["properties"] = new JsonObject
        {
            ["tenantId"] = tenantId,
            ["sku"] = new JsonObject { ["family"] = "A", ["name"] = "premium" },
            ["accessPolicies"] = new JsonArray([.. vault.Policies.Select(p => new JsonObject
            {
                ["tenantId"] = tenantId,
                ["objectId"] = p.Key,
                ["permissions"] = new JsonObject { ["keys"] = new JsonArray([.. p.Value.Select(k => JsonValue.Create(k))]), ["secrets"] = new JsonArray(), ["certificates"] = new JsonArray() },
            })]),
            ["enableRbacAuthorization"] = vault.IsRbac,
            ["enableSoftDelete"] = true,
            ["softDeleteRetentionInDays"] = vault.SoftDeleteDays,
            ["enablePurgeProtection"] = vault.PurgeProtection ? true : null,
            ["publicNetworkAccess"] = vault.IsPublic ? "Enabled" : "Disabled",
            ["networkAcls"] = new JsonObject { ["bypass"] = "None", ["defaultAction"] = vault.AllowsAll ? "Allow" : "Deny", ["ipRules"] = new JsonArray(), ["virtualNetworkRules"] = new JsonArray() },
            ["privateEndpointConnections"] = new JsonArray([.. vault.PrivateEndpoints.Select(e => new JsonObject
            {
                ["id"] = $"{vault.Id}/privateEndpointConnections/{Last(e)}",
                ["properties"] = new JsonObject { ["privateEndpoint"] = new JsonObject { ["id"] = e }, ["privateLinkServiceConnectionState"] = new JsonObject { ["status"] = "Approved" } },
            })]),
            ["vaultUri"] = vault.Address.AbsoluteUri,
            ["provisioningState"] = "Succeeded",
        },
    };

    public static JsonObject Assignment(ArmAssignment a) => new()
    {
        ["id"] = a.Id,
        ["name"] = a.Name,
        ["type"] = "Microsoft.Authorization/roleAssignments",
        ["properties"] = new JsonObject
        {
            ["roleDefinitionId"] = $"{Subscription(a.Scope)}/providers/Microsoft.Authorization/roleDefinitions/{a.RoleId}",
            ["principalId"] = a.PrincipalId,
            ["principalType"] = a.PrincipalType,
            ["scope"] = a.Scope,
            ["condition"] = null,
            ["conditionVersion"] = null,
            ["createdOn"] = Stamp(a.CreatedOn),
            ["createdBy"] = a.CreatedBy,
            ["updatedOn"] = Stamp(a.CreatedOn),
            ["updatedBy"] = a.CreatedBy,
            ["delegatedManagedIdentityResourceId"] = null,
        },
    };

    public static JsonObject Role(ArmRole role, string scope) => new()
    {
        ["id"] = $"{Subscription(scope)}/providers/Microsoft.Authorization/roleDefinitions/{role.Id}",
        ["name"] = role.Id,
        ["type"] = "Microsoft.Authorization/roleDefinitions",
        ["properties"] = new JsonObject
        {
            ["roleName"] = role.Name,
            ["type"] = role.IsCustom ? "CustomRole" : "BuiltInRole",
            ["permissions"] = new JsonArray(new JsonObject { ["actions"] = List(role.Actions), ["notActions"] = List(role.NotActions), ["dataActions"] = List(role.DataActions), ["notDataActions"] = new JsonArray() }),
            ["assignableScopes"] = new JsonArray(role.IsCustom ? Subscription(scope) : "/"),
        },
    };

    public static JsonObject Eligible(ArmEligibility e) => new()
    {
        ["id"] = e.Id,
        ["name"] = e.Name,
        ["type"] = "Microsoft.Authorization/roleEligibilityScheduleInstances",
        ["properties"] = new JsonObject
        {
            ["roleDefinitionId"] = $"{Subscription(e.Scope)}/providers/Microsoft.Authorization/roleDefinitions/{e.RoleId}",
            ["principalId"] = e.PrincipalId,
            ["principalType"] = e.PrincipalType,
            ["scope"] = e.Scope,
            ["status"] = "Provisioned",
            ["memberType"] = "Direct",
        },
    };

    public static JsonObject Active(ArmAssignment a) => new()
    {
        ["id"] = $"{a.Scope}/providers/Microsoft.Authorization/roleAssignmentScheduleInstances/{a.Name}",
        ["name"] = a.Name,
        ["type"] = "Microsoft.Authorization/roleAssignmentScheduleInstances",
        ["properties"] = new JsonObject
        {
            ["roleDefinitionId"] = $"{Subscription(a.Scope)}/providers/Microsoft.Authorization/roleDefinitions/{a.RoleId}",
            ["principalId"] = a.PrincipalId,
            ["principalType"] = a.PrincipalType,
            ["scope"] = a.Scope,
            ["assignmentType"] = a.ActivationOf is null ? "Assigned" : "Activated",
            ["originRoleAssignmentId"] = a.Id,
            ["linkedRoleEligibilityScheduleInstanceId"] = a.ActivationOf,
            ["status"] = "Provisioned",
        },
    };

    public static JsonObject Diagnostics(ArmDiagnostics d, string vaultId) => new()
    {
        ["id"] = $"{vaultId}/providers/Microsoft.Insights/diagnosticSettings/{d.Name}",
        ["name"] = d.Name,
        ["properties"] = new JsonObject
        {
            ["workspaceId"] = d.WorkspaceId,
            ["logAnalyticsDestinationType"] = "Dedicated",
            ["logs"] = new JsonArray(new JsonObject { ["category"] = null, ["categoryGroup"] = "audit", ["enabled"] = d.LogsAudit }),
        },
    };

    /// <summary>A key, by its newest version.</summary>
    /// <param name="isListed">A list leaves out what kind of key it is.</param>
    public static JsonObject Key(StoredKey key, string vaultId, bool isListed) =>
        new() { ["id"] = $"{vaultId}/keys/{key.Name}", ["name"] = key.Name, ["type"] = "Microsoft.KeyVault/vaults/keys", ["properties"] = KeyProperties(key.Latest, isListed) };

    public static JsonObject KeyVersion(StoredKey key, KeyVersion version, string vaultId, bool isListed) =>
        new() { ["id"] = $"{vaultId}/keys/{key.Name}/versions/{version.Id}", ["name"] = version.Id, ["type"] = "Microsoft.KeyVault/vaults/keys/versions", ["properties"] = KeyProperties(version, isListed) };

    private static JsonObject KeyProperties(KeyVersion version, bool isListed)
    {
        var attributes = new JsonObject { ["enabled"] = version.Enabled, ["created"] = version.Created.ToUnixTimeSeconds(), ["updated"] = version.Updated.ToUnixTimeSeconds() };
        if (version.Expires is { } expires)
        {
            attributes["exp"] = expires.ToUnixTimeSeconds();
        }

        var properties = new JsonObject { ["attributes"] = attributes };
        if (!isListed)
        {
            (properties["kty"], attributes["exportable"]) = (version.Material.Shape.Kty, false);
        }

        return properties;
    }

    private static string Subscription(string scope) => scope.Split('/') is ["", "subscriptions", var id, ..] ? $"/subscriptions/{id}" : "";

    private static string Last(string id) => id[(id.LastIndexOf('/') + 1)..];

    private static JsonArray List(IEnumerable<string> items) => new([.. items.Select(i => JsonValue.Create(i))]);

    private static string Stamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
