using System.Globalization;
using System.Text.Json.Nodes;
using Rekey.Local.KeyVault.Keys;

namespace Rekey.Local.ResourceManager;

/// <summary>Writes resources as the wire has them.</summary>
internal static class ArmBodies
{
    private const string Made = "2026-01-05T08:00:00.000Z";
    private const string Made7 = "2026-01-05T08:00:00.0000000Z";
    private const string Maker = "cccccccc-0000-4000-8000-000000000001";

    /// <summary>Something that can be switched off, with the property that says so.</summary>
    public static JsonObject Switch(string list, string name, string property, string value) =>
        new()
        {
            ["id"] = $"{list}/{name}",
            ["name"] = name,
            ["type"] = list[(list.LastIndexOf("/providers/", StringComparison.OrdinalIgnoreCase) + "/providers/".Length)..],
            ["properties"] = new JsonObject { [property] = JsonNode.Parse(value) },
        };

    /// <summary>Writes a vault. Properties that are not set are left out.</summary>
    public static JsonObject Vault(ArmVault vault, string tenantId)
    {
        var properties = new JsonObject
        {
            ["sku"] = new JsonObject { ["family"] = "A", ["name"] = "premium" },
            ["tenantId"] = tenantId,
        };
        if (!vault.AllowsAll || !vault.LetsServicesBy || vault.AddressRules.Count > 0 || vault.Subnets.Count > 0)
        {
            properties["networkAcls"] = new JsonObject
            {
                ["bypass"] = vault.LetsServicesBy ? "AzureServices" : "None",
                ["defaultAction"] = vault.AllowsAll ? "Allow" : "Deny",
                ["ipRules"] = new JsonArray([.. vault.AddressRules.Select(r => new JsonObject { ["value"] = r })]),
                ["virtualNetworkRules"] = new JsonArray([.. vault.Subnets.Select(s => new JsonObject { ["id"] = s })]),
            };
        }

        if (vault.PrivateEndpoints.Count > 0)
        {
            properties["privateEndpointConnections"] = new JsonArray([.. vault.PrivateEndpoints.Select(e => Connection(vault, e))]);
        }

        properties["accessPolicies"] = new JsonArray([
            .. vault.Policies.Select(p => new JsonObject
            {
                ["tenantId"] = tenantId,
                ["objectId"] = p.Key,
                ["permissions"] = new JsonObject
                {
                    ["keys"] = List(p.Value),
                    ["secrets"] = new JsonArray(),
                    ["certificates"] = new JsonArray(),
                    ["storage"] = new JsonArray(),
                },
            }),
        ]);
        properties["enabledForDeployment"] = false;
        properties["enableSoftDelete"] = true;
        properties["softDeleteRetentionInDays"] = vault.SoftDeleteDays;
        if (vault.IsRbac)
        {
            properties["enableRbacAuthorization"] = true;
        }

        if (vault.PurgeProtection)
        {
            properties["enablePurgeProtection"] = true;
        }

        properties["vaultUri"] = vault.Address.AbsoluteUri;
        properties["provisioningState"] = "Succeeded";
        properties["publicNetworkAccess"] = vault.IsPublic ? "Enabled" : "Disabled";
        return new()
        {
            ["id"] = vault.Id,
            ["name"] = Last(vault.Id),
            ["type"] = "Microsoft.KeyVault/vaults",
            ["location"] = "westeurope",
            ["tags"] = new JsonObject(),
            ["systemData"] = new JsonObject
            {
                ["createdBy"] = "pipeline@demo.example",
                ["createdByType"] = "User",
                ["createdAt"] = Made,
                ["lastModifiedBy"] = "pipeline@demo.example",
                ["lastModifiedByType"] = "User",
                ["lastModifiedAt"] = Made,
            },
            ["properties"] = properties,
        };
    }

    /// <summary>Writes an assignment for lists and for the reply to a deletion.</summary>
    /// <param name="asked">The scope that was asked about: roles are named by its subscription.</param>
    public static JsonObject Assignment(ArmAssignment a, string asked) => Assignment(a, asked, (a.CreatedOn, a.CreatedBy), a.CreatedOn);

    /// <summary>The reply to the request that made it: it does not know yet who that was, and takes it for a little older.</summary>
    public static JsonObject NewAssignment(ArmAssignment a) =>
        Assignment(a, a.Scope, (a.CreatedOn.AddMilliseconds(-820), null), a.CreatedOn);

    public static JsonObject DeletedAssignment(ArmAssignment a, DateTimeOffset now) =>
        Assignment(a, a.Scope, (a.CreatedOn, a.CreatedBy), now);

    public static JsonObject Role(ArmRole role, string scope) =>
        new()
        {
            ["properties"] = new JsonObject
            {
                ["roleName"] = role.Name,
                ["type"] = role.IsCustom ? "CustomRole" : "BuiltInRole",
                ["description"] = role.Name,
                ["assignableScopes"] = new JsonArray(role.IsCustom ? Subscription(scope) : "/"),
                ["permissions"] = new JsonArray(
                    new JsonObject
                    {
                        ["actions"] = List(role.Actions),
                        ["notActions"] = List(role.NotActions),
                        ["dataActions"] = List(role.DataActions),
                        ["notDataActions"] = List(role.NotDataActions),
                    }
                ),
                ["createdOn"] = Made7,
                ["updatedOn"] = Made7,
                ["createdBy"] = role.IsCustom ? Maker : null,
                ["updatedBy"] = role.IsCustom ? Maker : null,
            },
            ["id"] = RoleId(role.Id, scope),
            ["type"] = "Microsoft.Authorization/roleDefinitions",
            ["name"] = role.Id,
        };

    public static JsonObject Eligible(ArmEligibility e) =>
        new()
        {
            ["id"] = e.Id,
            ["name"] = e.Name,
            ["type"] = "Microsoft.Authorization/roleEligibilityScheduleInstances",
            ["properties"] = new JsonObject
            {
                ["roleDefinitionId"] = RoleId(e.RoleId, e.Scope),
                ["principalId"] = e.PrincipalId,
                ["principalType"] = e.PrincipalType,
                ["scope"] = e.Scope,
                ["status"] = "Provisioned",
                ["memberType"] = "Direct",
            },
        };

    public static JsonObject Active(ArmAssignment a) =>
        new()
        {
            ["id"] = ArmEstate.Under(a.Scope, "roleAssignmentScheduleInstances", a.Name),
            ["name"] = a.Name,
            ["type"] = "Microsoft.Authorization/roleAssignmentScheduleInstances",
            ["properties"] = new JsonObject
            {
                ["roleDefinitionId"] = RoleId(a.RoleId, a.Scope),
                ["principalId"] = a.PrincipalId,
                ["principalType"] = a.PrincipalType,
                ["scope"] = a.Scope,
                ["assignmentType"] = a.ActivationOf is null ? "Assigned" : "Activated",
                ["originRoleAssignmentId"] = a.Id,
                ["linkedRoleEligibilityScheduleInstanceId"] = a.ActivationOf,
                ["status"] = "Provisioned",
            },
        };

    public static JsonObject Diagnostics(ArmDiagnostics d, string vaultId) =>
        new()
        {
            ["id"] = $"{vaultId}/providers/Microsoft.Insights/diagnosticSettings/{d.Name}",
            ["name"] = d.Name,
            ["properties"] = new JsonObject
            {
                ["workspaceId"] = d.WorkspaceId,
                ["logAnalyticsDestinationType"] = "Dedicated",
                ["logs"] = new JsonArray(
                    new JsonObject
                    {
                        ["category"] = null,
                        ["categoryGroup"] = "audit",
                        ["enabled"] = d.LogsAudit,
                    }
                ),
            },
        };

    /// <summary>A key, by its newest version.</summary>
    /// <param name="isListed">A list leaves out what kind of key it is.</param>
    public static JsonObject Key(StoredKey key, string vaultId, bool isListed) =>
        new()
        {
            ["id"] = $"{vaultId}/keys/{key.Name}",
            ["name"] = key.Name,
            ["type"] = "Microsoft.KeyVault/vaults/keys",
            ["properties"] = KeyProperties(key.Latest, isListed),
        };

    public static JsonObject KeyVersion(StoredKey key, StoredKeyVersion version, string vaultId, bool isListed) =>
        new()
        {
            ["id"] = $"{vaultId}/keys/{key.Name}/versions/{version.Id}",
            ["name"] = version.Id,
            ["type"] = "Microsoft.KeyVault/vaults/keys/versions",
            ["properties"] = KeyProperties(version, isListed),
        };

    private static JsonObject KeyProperties(StoredKeyVersion version, bool isListed)
    {
        var attributes = new JsonObject
        {
            ["enabled"] = version.Enabled,
            ["created"] = version.Created.ToUnixTimeSeconds(),
            ["updated"] = version.Updated.ToUnixTimeSeconds(),
        };
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

    private static JsonObject Assignment(ArmAssignment a, string asked, (DateTimeOffset On, string? By) made, DateTimeOffset changed) =>
        new()
        {
            ["properties"] = new JsonObject
            {
                ["roleDefinitionId"] = RoleId(a.RoleId, asked),
                ["principalId"] = a.PrincipalId,
                ["principalType"] = a.PrincipalType,
                ["scope"] = a.Scope,
                ["condition"] = a.Condition,
                ["conditionVersion"] = a.Condition is null ? null : "2.0",
                ["createdOn"] = Stamp(made.On),
                ["updatedOn"] = Stamp(changed),
                ["createdBy"] = made.By,
                ["updatedBy"] = a.CreatedBy,
                ["delegatedManagedIdentityResourceId"] = null,
                ["description"] = a.Description,
            },
            ["id"] = a.Id,
            ["type"] = "Microsoft.Authorization/roleAssignments",
            ["name"] = a.Name,
        };

    private static JsonObject Connection(ArmVault vault, string endpoint) =>
        new()
        {
            ["id"] = $"{vault.Id}/privateEndpointConnections/{Last(endpoint)}",
            ["properties"] = new JsonObject
            {
                ["provisioningState"] = "Succeeded",
                ["privateEndpoint"] = new JsonObject { ["id"] = endpoint },
                ["privateLinkServiceConnectionState"] = new JsonObject { ["status"] = "Approved", ["actionsRequired"] = "None" },
            },
        };

    private static string RoleId(string roleId, string scope) =>
        $"{Subscription(scope)}/providers/Microsoft.Authorization/roleDefinitions/{roleId}";

    private static string Subscription(string scope) => scope.Split('/') is ["", "subscriptions", var id, ..] ? $"/subscriptions/{id}" : "";

    private static string Last(string id) => id[(id.LastIndexOf('/') + 1)..];

    private static JsonArray List(IEnumerable<string> items) => new([.. items.Select(i => JsonValue.Create(i))]);

    private static string Stamp(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
}
