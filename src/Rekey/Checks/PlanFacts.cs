using Rekey.VaultAccess.Roles;

namespace Rekey.Checks;

/// <summary>What the person who deploys can see of a subscription before the first deployment.</summary>
/// <param name="SubscriptionId">The GUID.</param>
/// <param name="Providers">For each resource provider that the template needs: its state, such as <c>Registered</c>.</param>
/// <param name="Permissions">What this person may do on the subscription.</param>
/// <param name="Names">The names that the deployment will ask for; empty when they are not known.</param>
/// <param name="ClockAhead">How far this machine's clock is ahead of Azure's.</param>
public sealed record PlanFacts(
    Guid SubscriptionId,
    IReadOnlyDictionary<string, Known<string>> Providers,
    Known<IReadOnlyList<RolePermission>> Permissions,
    IReadOnlyList<PlannedName> Names,
    Known<TimeSpan> ClockAhead
)
{
    /// <summary>The resource providers of which the template creates resources.</summary>
    public static IReadOnlyList<string> NeededProviders { get; } =
    [
        "Microsoft.App",
        "Microsoft.EventGrid",
        "Microsoft.Insights",
        "Microsoft.KeyVault",
        "Microsoft.ManagedIdentity",
        "Microsoft.Network",
        "Microsoft.OperationalInsights",
        "Microsoft.PolicyInsights",
        "Microsoft.Storage",
        "Microsoft.Web",
    ];

    /// <summary>What a deployment does on the subscription that not every contributor may do.</summary>
    public static IReadOnlyList<string> NeededOperations { get; } =
    [
        "Microsoft.Resources/subscriptions/resourceGroups/write",
        "Microsoft.Resources/deployments/write",
        "Microsoft.Resources/deploymentStacks/write",
        "Microsoft.Resources/deploymentStacks/manageDenySetting/action",
        "Microsoft.Authorization/roleAssignments/write",
        "Microsoft.Authorization/roleDefinitions/write",
        "Microsoft.Authorization/roleEligibilityScheduleRequests/write",
        "Microsoft.Authorization/policyAssignments/write",
        "Microsoft.Authorization/policyDefinitions/write",
    ];
}
