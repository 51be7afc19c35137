using Rekey.VaultAccess.Reading;
using Rekey.VaultAccess.Roles;

namespace Rekey.VaultAccess.Rights;

/// <summary>Finds who controls an identity: can assign it, add federated credentials, or run other code as it.</summary>
internal sealed class IdentityControl(VaultReading reading)
{
    private const string Identity = "Microsoft.ManagedIdentity/userAssignedIdentities";

    /// <summary>The operations that give control of the identity, by resource type; for other types, writing the resource.</summary>
    private static readonly Dictionary<string, string[]> ByType = new(StringComparer.OrdinalIgnoreCase)
    {
        [Identity] = ["assign/action", "federatedIdentityCredentials/write"],
        ["Microsoft.Web/sites"] =
        [
            "write",
            "config/write",
            "config/list/action",
            "publishxml/action",
            "extensions/write",
            "host/listkeys/action",
            "slots/write",
        ],
        ["Microsoft.Compute/virtualMachines"] =
        [
            "write",
            "runCommand/action",
            "runCommands/write",
            "extensions/write",
            "login/action",
            "loginAsAdmin/action",
        ],
        ["Microsoft.Compute/virtualMachineScaleSets"] =
        [
            "write",
            "extensions/write",
            "virtualMachines/runCommand/action",
            "virtualMachines/runCommands/write",
            "virtualMachines/write",
        ],
        ["Microsoft.ContainerService/managedClusters"] =
        [
            "write",
            "runCommand/action",
            "listClusterAdminCredential/action",
            "listClusterUserCredential/action",
        ],
        ["Microsoft.App/containerApps"] = ["write", "getAuthToken/action"],
        ["Microsoft.ContainerInstance/containerGroups"] = ["write", "containers/exec/action"],
        ["Microsoft.Automation/automationAccounts"] = ["write", "runbooks/write", "jobs/write"],
    };

    private readonly Dictionary<string, IReadOnlyList<RoleAssignment>> _resources = new(
        reading.Resources,
        StringComparer.OrdinalIgnoreCase
    );

    /// <summary>Returns the principals with control, each with its role and scope.</summary>
    public IEnumerable<(string Who, RoleDefinition Role, string Scope)> Of(string resourceId)
    {
        if (!_resources.TryGetValue(resourceId, out var assignments))
        {
            return [];
        }

        var operations = Operations(TypeOf(resourceId));
        return assignments
            .Where(a =>
                IsAtOrAbove(a.Scope, resourceId)
                && reading.Role(a.RoleId) is { } role
                && operations.Any(o => role.Gives(o) || role.Permissions.Any(p => p.GivesData(o)))
            )
            .Select(a => (a.PrincipalId, reading.Role(a.RoleId)!, a.Scope == VaultScope.Root ? a.Scope : a.Scope.TrimEnd('/')));
    }

    /// <summary>Returns the resource type, such as <c>Microsoft.Web/sites</c>.</summary>
    internal static string TypeOf(string resourceId)
    {
        var parts = resourceId[(resourceId.LastIndexOf("/providers/", StringComparison.OrdinalIgnoreCase) + "/providers/".Length)..]
            .Split('/');
        return string.Join('/', parts.Where((_, i) => i == 0 || i % 2 == 1));
    }

    private static IEnumerable<string> Operations(string type) =>
        ByType.GetValueOrDefault(type, ["write"]).Select(o => $"{type}/{o}").Concat(KeyVaultActions.SelfGrants);

    /// <summary>Whether a scope is at or above the resource: a right below it changes only a part.</summary>
    private static bool IsAtOrAbove(string scope, string resourceId) =>
        !scope.StartsWith(resourceId + "/", StringComparison.OrdinalIgnoreCase);
}
