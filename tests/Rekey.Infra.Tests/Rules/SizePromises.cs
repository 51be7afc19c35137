using Rekey.Infra.Tests.Estates;
using Rekey.Infra.Tests.Rules.Rights;

namespace Rekey.Infra.Tests.Rules;

/// <summary>Of what a size does not have: a platform team need not be asked for it.</summary>
internal static class SizePromises
{
    /// <summary>Where a platform team must agree first: networks and names, policies, roles of its own, privileged access, the
    /// subscription's activity log.</summary>
    private static readonly string[] ToBeApproved =
    [
        "Microsoft.Network/",
        "Microsoft.Authorization/policy",
        "Microsoft.Authorization/roleDefinitions",
        "Microsoft.Authorization/roleEligibility",
        "Microsoft.Authorization/locks",
    ];

    public static IEnumerable<string> Broken(PredictedEstate estate, EstatePlan plan) =>
        plan.Size switch
        {
            "observe" => OfObserve(estate),
            "standard" => OfStandard(estate),
            _ => [],
        };

    private static IEnumerable<string> OfStandard(PredictedEstate estate) =>
        estate
            .Of("Microsoft.Authorization/roleEligibilityScheduleRequests")
            .Concat(
                estate
                    .Of("Microsoft.ManagedIdentity/userAssignedIdentities")
                    .Where(i => i.Name.EndsWith("-remover", StringComparison.Ordinal))
            )
            .Select(r => $"The size standard makes {r.Type} {r.Name}.");

    private static IEnumerable<string> OfObserve(PredictedEstate estate)
    {
        foreach (
            var one in estate.Resources.Where(r =>
                ToBeApproved.Any(t => r.Type.StartsWith(t, StringComparison.Ordinal))
                || (r.Type == "Microsoft.Insights/diagnosticSettings" && r.On.Count(c => c == '/') == 2)
            )
        )
        {
            yield return $"The size observe makes {one.Type} {one.Name}.";
        }

        foreach (
            var (setting, mode) in estate.Settings.Where(s => s.Key.EndsWith("__Mode", StringComparison.Ordinal) && s.Value != "Observe")
        )
        {
            yield return $"{setting} is {mode} in the size observe.";
        }

        if (
            !estate
                .Of("Microsoft.ManagedIdentity/userAssignedIdentities")
                .All(i => i.Name.EndsWith("-app", StringComparison.Ordinal) || i.Name.EndsWith("-package", StringComparison.Ordinal))
        )
        {
            yield return "The size observe makes an identity that has nothing to do.";
        }

        // In a group that is not its own the deployment adds rights to read, for the app, and nothing else; a given workspace gets its
        // tables.
        foreach (
            var outside in estate.Resources.Where(r =>
                !$"{r.Id}/".StartsWith($"{estate.AppGroup}/", StringComparison.OrdinalIgnoreCase)
                && !$"{r.Id}/".StartsWith($"{estate.WorkspaceId}/", StringComparison.OrdinalIgnoreCase)
                && !$"{r.Id}/".StartsWith($"{estate.KeysGroup}/", StringComparison.OrdinalIgnoreCase)
            )
        )
        {
            var isReading =
                outside.Type == "Microsoft.KeyVault/vaults/accessPolicies"
                    ? Permissions(outside).All(p => p is "get" or "list" or "getrotationpolicy")
                    : outside.Type == "Microsoft.Authorization/roleAssignments" && VaultRights.IsReading(outside);
            if (
                !isReading
                || !outside
                    .Body.ToJsonString()
                    .Contains(Templates.ArmExpression.MadeUp($"{estate.Identity}-app", "principalId"), StringComparison.Ordinal)
            )
            {
                yield return $"The size observe changes what it observes: {outside.Id}.";
            }
        }

        var governed = estate.Settings.Where(s =>
            s.Key.StartsWith("Rekey__Keys__", StringComparison.Ordinal) && s.Key.EndsWith("__VaultUri", StringComparison.Ordinal)
        );
        var declared = estate.Declaration["vaults"]!.AsArray().Select(v => v!["vaultUri"]!.GetValue<string>()).ToList();
        foreach (var vault in governed.Select(g => g.Value).Except(declared, StringComparer.Ordinal))
        {
            yield return $"The access to {vault} is not observed.";
        }
    }

    private static IEnumerable<string> Permissions(Predicted policies) =>
        policies["properties.accessPolicies"]!
            .AsArray()
            .SelectMany(p => new[] { "keys", "secrets", "certificates" }.SelectMany(g => p!["permissions"]![g]!.AsArray()))
            .Select(p => p!.GetValue<string>());
}
