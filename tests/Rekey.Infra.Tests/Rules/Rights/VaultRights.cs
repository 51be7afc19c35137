using System.Text.Json.Nodes;
using Rekey.Infra.Tests.Estates;
using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Rules.Rights;

/// <summary>Reads who may do what on the vaults from resources alone, in either permission model.</summary>
internal static class VaultRights
{
    private const string Reader = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
    private const string KeyReader = "21090545-7ca7-4776-b22c-e363652d74d2";

    /// <summary>What built-in roles give ("Azure built-in roles"), as far as this deployment uses them.</summary>
    private static readonly Dictionary<string, (string Name, string[] DataActions, string[] Actions)> BuiltIn = new(StringComparer.Ordinal)
    {
        ["4633458b-17de-408a-b874-0445c86b69e6"] = (
            "Key Vault Secrets User",
            ["Microsoft.KeyVault/vaults/secrets/getSecret/action", "Microsoft.KeyVault/vaults/secrets/readMetadata/action"],
            []
        ),
        ["14b46e9e-c2b7-41b4-b07b-48a6ebf60603"] = (
            "Key Vault Crypto Officer",
            ["Microsoft.KeyVault/vaults/keys/*", "Microsoft.KeyVault/vaults/keyrotationpolicies/*"],
            []
        ),
        ["12338af0-0e69-4776-bea7-57ae8d297424"] = (
            "Key Vault Crypto User",
            [
                .. new[]
                {
                    "read",
                    "update/action",
                    "backup/action",
                    "encrypt/action",
                    "decrypt/action",
                    "wrap/action",
                    "unwrap/action",
                    "sign/action",
                    "verify/action",
                }.Select(a => $"Microsoft.KeyVault/vaults/keys/{a}"),
            ],
            []
        ),
        [Reader] = ("Reader", [], ["*/read"]),
        [KeyReader] = (
            "Key Vault Reader",
            ["Microsoft.KeyVault/vaults/*/read", "Microsoft.KeyVault/vaults/secrets/readMetadata/action"],
            ["Microsoft.KeyVault/vaults/*/read"]
        ),
        ["f25e0fa2-a7c8-4377-a976-54e9f2a30e0c"] = ("Key Vault Contributor", [], ["Microsoft.KeyVault/*"]),
    };

    /// <summary>What an access policy's permissions are called as data actions ("Azure RBAC guide": access policy to role
    /// mapping).</summary>
    private static readonly Dictionary<string, string> Permissions = new(StringComparer.Ordinal)
    {
        ["keys get"] = "keys/read",
        ["keys list"] = "keys/read",
        ["keys update"] = "keys/update/action",
        ["keys rotate"] = "keys/rotate/action",
        ["keys sign"] = "keys/sign/action",
        ["keys verify"] = "keys/verify/action",
        ["keys create"] = "keys/create/action",
        ["keys import"] = "keys/import/action",
        ["keys delete"] = "keys/delete",
        ["keys recover"] = "keys/recover/action",
        ["keys backup"] = "keys/backup/action",
        ["keys restore"] = "keys/restore/action",
        ["keys purge"] = "keys/purge/action",
        ["keys release"] = "keys/release/action",
        ["keys encrypt"] = "keys/encrypt/action",
        ["keys decrypt"] = "keys/decrypt/action",
        ["keys wrapKey"] = "keys/wrap/action",
        ["keys unwrapKey"] = "keys/unwrap/action",
        ["keys getrotationpolicy"] = "keyrotationpolicies/read",
        ["keys setrotationpolicy"] = "keyrotationpolicies/write",
        ["secrets get"] = "secrets/getSecret/action",
        ["secrets list"] = "secrets/readMetadata/action",
    };

    public static IReadOnlyList<VaultRight> Of(PredictedEstate estate) =>
        [
            .. estate
                .Of("Microsoft.Authorization/roleAssignments")
                .Where(a => Place(estate, a) is not null)
                .Select(a => OfRole(estate, a, active: true)),
            .. estate.Of("Microsoft.Authorization/roleEligibilityScheduleRequests").Select(e => OfRole(estate, e, active: false)),
            .. estate.Vaults.SelectMany(v => v["properties.accessPolicies"]!.AsArray().Select(p => OfPolicy(estate, v, p!))),
        ];

    /// <summary>Whether it is on a vault, on the vaults' group or above: <see cref="Of"/> reads it.</summary>
    public static bool IsOnVaults(PredictedEstate estate, Predicted assignment) => Place(estate, assignment) is not null;

    /// <summary>Whether it is on one vault, and lets its holder read there and no more.</summary>
    public static bool IsReading(Predicted assignment) =>
        assignment.On.Contains("/Microsoft.KeyVault/vaults/", StringComparison.Ordinal)
        && assignment.Text("properties.roleDefinitionId")!.Split('/')[^1] is Reader or KeyReader;

    /// <summary>What a role gives, by the last part of its id.</summary>
    public static (string Name, IReadOnlyList<string> DataActions, IReadOnlyList<string> Actions) Role(PredictedEstate estate, string id)
    {
        var guid = id.Split('/')[^1];
        if (BuiltIn.TryGetValue(guid, out var known))
        {
            return known;
        }

        var custom = Assert.Single(estate.Of("Microsoft.Authorization/roleDefinitions"), d => d.Name == guid);
        var given = Assert.Single(custom["properties.permissions"]!.AsArray())!;
        return (
            custom.Text("properties.roleName")!,
            [.. given["dataActions"]!.AsArray().Select(a => a!.GetValue<string>())],
            [.. given["actions"]!.AsArray().Select(a => a!.GetValue<string>())]
        );
    }

    /// <summary>What a permission of an access policy is called as a data action.</summary>
    public static string DataAction(string group, string permission) => $"Microsoft.KeyVault/vaults/{Permissions[$"{group} {permission}"]}";

    /// <summary>Wildcards as what they stand for.</summary>
    public static IEnumerable<string> Expanded(IEnumerable<string> dataActions) =>
        dataActions
            .SelectMany(a =>
                a.Contains('*', StringComparison.Ordinal)
                    ? AllOf("keys")
                        .Concat(AllOf("secrets"))
                        .Where(one => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(a, one))
                    : [a]
            )
            .Distinct(StringComparer.Ordinal);

    public static IEnumerable<string> AllOf(string group) =>
        Permissions
            .Where(p => p.Key.StartsWith($"{group} ", StringComparison.Ordinal))
            .Select(p => $"Microsoft.KeyVault/vaults/{p.Value}")
            .Distinct(StringComparer.Ordinal);

    private static string? Place(PredictedEstate estate, Predicted assignment) =>
        estate.Vaults.FirstOrDefault(v => v.Id == assignment.On) is { } vault ? Label(estate, vault)
        : assignment.On.EndsWith("-keys", StringComparison.Ordinal) || assignment.On == $"/subscriptions/{Bicep.Subscription}" ? "*"
        : null;

    private static string Label(PredictedEstate estate, Predicted vault) => Assert.Single(estate.Keys(vault)).Name;

    private static VaultRight OfRole(PredictedEstate estate, Predicted assignment, bool active)
    {
        var principal = assignment.Text("properties.principalId")!;
        var (name, dataActions, actions) = Role(estate, assignment.Text("properties.roleDefinitionId")!);
        return new(
            Place(estate, assignment)!,
            principal,
            estate.NameOf(principal),
            assignment.Text("properties.principalType"),
            name,
            active,
            dataActions,
            actions,
            assignment.Text("properties.condition")
        );
    }

    private static VaultRight OfPolicy(PredictedEstate estate, Predicted vault, JsonNode policy)
    {
        var principal = policy["objectId"]!.GetValue<string>();
        var given = new[] { "keys", "secrets", "certificates" }.SelectMany(group =>
            policy["permissions"]![group]!.AsArray().Select(p => DataAction(group, p!.GetValue<string>()))
        );
        var kind = estate.Declaration["vaults"]!
            .AsArray()
            .SelectMany(v => v!["grants"]!.AsArray())
            .FirstOrDefault(g => g!["principalId"]!.GetValue<string>() == principal)
            ?["principalType"]!.GetValue<string>();
        return new(
            Label(estate, vault),
            principal,
            estate.NameOf(principal),
            kind,
            "access policy",
            Active: true,
            [.. given.Distinct(StringComparer.Ordinal)],
            [],
            Condition: null
        );
    }
}
