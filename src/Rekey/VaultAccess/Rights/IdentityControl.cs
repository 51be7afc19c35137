using Rekey.VaultAccess.Reading;
using Rekey.VaultAccess.Roles;

namespace Rekey.VaultAccess.Rights;

/// <summary>Who may change what an identity is used for: assign it, trust somebody besides, or run other code on what bears it.</summary>
internal sealed class IdentityControl(VaultReading reading)
{
    private const string Identity = "Microsoft.ManagedIdentity/userAssignedIdentities";

    /// <summary>By type of resource, what lets somebody act as the identity; for other types writing the resource does.</summary>
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

    /// <summary>Principals that may, each with the role that lets them and where it is assigned.</summary>
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

    /// <summary>Such as <c>Microsoft.Web/sites</c>.</summary>
    internal static string TypeOf(string resourceId)
    {
        var parts = resourceId[(resourceId.LastIndexOf("/providers/", StringComparison.OrdinalIgnoreCase) + "/providers/".Length)..]
            .Split('/');
        return string.Join('/', parts.Where((_, i) => i == 0 || i % 2 == 1));
    }

    private static IEnumerable<string> Operations(string type) =>
        ByType.GetValueOrDefault(type, ["write"]).Select(o => $"{type}/{o}").Concat(KeyVaultActions.SelfGrants);

    /// <summary>What lies below the resource changes a part of it at most.</summary>
    private static bool IsAtOrAbove(string scope, string resourceId) =>
        !scope.StartsWith(resourceId + "/", StringComparison.OrdinalIgnoreCase);
}
