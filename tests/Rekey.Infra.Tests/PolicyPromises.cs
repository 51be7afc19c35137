namespace Rekey.Infra.Tests;

/// <summary>Of what Azure Policy refuses, and of what must not be in the way.</summary>
internal static class PolicyPromises
{
    public static IEnumerable<string> Broken(Estate estate, bool production, bool rbac) =>
        OfPolicies(estate, production, rbac).Concat(estate.Of("Microsoft.Authorization/locks").Select(l => $"{l.Id}: a lock would keep undeclared grants from being removed."));

    private static IEnumerable<string> OfPolicies(Estate estate, bool production, bool rbac)
    {
        var group = $"/subscriptions/{Bicep.Subscription}/resourceGroups/";
        var rule = estate.Only("Microsoft.Authorization/policyDefinitions")["properties.policyRule.if.allOf"]!.AsArray();
        if (!rule.Any(c => c!["field"]?.GetValue<string>() == "Microsoft.Authorization/roleAssignments/principalType" && c["notIn"] is not null))
        {
            yield return "The policy over role assignments does not refuse what is not expressly allowed.";
        }

        var assignments = estate.Of("Microsoft.Authorization/policyAssignments").ToList();
        var own = assignments.SingleOrDefault(a => a.Text("properties.policyDefinitionId") == estate.Only("Microsoft.Authorization/policyDefinitions").Id);
        var allowed = own?["properties.parameters.allowedPrincipalTypes.value"]?.AsArray().Select(t => t!.GetValue<string>()).ToList() ?? [];
        if (!allowed.SequenceEqual(production ? ["ServicePrincipal"] : ["ServicePrincipal", "Group"]) || own?.Text("properties.parameters.effect.value") != "Deny")
        {
            yield return $"Roles on vaults can be assigned to: {string.Join(", ", allowed)}.";
        }

        string[] wanted = ["587c79fe-dd04-4a5e-9d0b-f89598c7261b", "0b60c0b2-2dc2-4e1c-b5c9-abbed971de53", "cf820ca0-f99e-4f3e-84fb-66e913812d21", .. rbac ? ["12d4fa5e-1f9f-4c21-97a9-b99b3c6611b5"] : Array.Empty<string>()];
        var there = assignments.Select(a => a.Text("properties.policyDefinitionId")!.Split('/')[^1]).ToList();
        foreach (var id in wanted.Except(there, StringComparer.Ordinal))
        {
            yield return $"The built-in policy {id} is not assigned.";
        }

        if (!rbac && there.Contains("12d4fa5e-1f9f-4c21-97a9-b99b3c6611b5"))
        {
            yield return "A policy forbids the permission model that the vaults have.";
        }

        foreach (var elsewhere in assignments.Where(a => !a.Id.StartsWith(group, StringComparison.Ordinal) || !a.On.EndsWith("-keys", StringComparison.Ordinal)))
        {
            yield return $"{elsewhere.Name} is assigned elsewhere than on the vaults' group.";
        }
    }
}
