using Rekey.Infra.Tests.Estates;

namespace Rekey.Infra.Tests.Rules;

/// <summary>Of what Azure Policy refuses, of what must be heard where it sees nothing, and of what must not be in the way.</summary>
internal static class PolicyPromises
{
    public static IEnumerable<string> Broken(PredictedEstate estate, bool production, bool rbac) =>
        OfPolicies(estate, production, rbac)
            .Concat(OfAlert(estate))
            .Concat(
                estate.Of("Microsoft.Authorization/locks").Select(l => $"{l.Id}: a lock would keep undeclared grants from being removed.")
            );

    private static IEnumerable<string> OfPolicies(PredictedEstate estate, bool production, bool rbac)
    {
        var rule = estate.Only("Microsoft.Authorization/policyDefinitions")["properties.policyRule.if.allOf"]!.AsArray();
        if (
            !rule.Any(c =>
                c!["field"]?.GetValue<string>() == "Microsoft.Authorization/roleAssignments/principalType" && c["notIn"] is not null
            )
        )
        {
            yield return "The policy over role assignments does not refuse what is not expressly allowed.";
        }

        var assignments = estate.Of("Microsoft.Authorization/policyAssignments").ToList();
        var own = assignments
            .Where(a => a.Text("properties.policyDefinitionId") == estate.Only("Microsoft.Authorization/policyDefinitions").Id)
            .ToList();
        foreach (var (at, what) in new[] { (estate.KeysGroup, "vaults"), (estate.AppGroup, "the app and its issuers' identities") })
        {
            var there = own.SingleOrDefault(a => a.On == at);
            var allowed = there?.Texts("properties.parameters.allowedPrincipalTypes.value").ToList() ?? ["anybody"];
            if (
                !allowed.SequenceEqual(production ? ["ServicePrincipal"] : ["ServicePrincipal", "Group"])
                || there?.Text("properties.parameters.effect.value") != "Deny"
                || there.Text("properties.enforcementMode") != "Default"
            )
            {
                yield return $"Roles on {what} can be assigned to: {string.Join(", ", allowed)}.";
            }
        }

        string[] wanted =
        [
            "587c79fe-dd04-4a5e-9d0b-f89598c7261b",
            "0b60c0b2-2dc2-4e1c-b5c9-abbed971de53",
            "cf820ca0-f99e-4f3e-84fb-66e913812d21",
            .. rbac ? ["12d4fa5e-1f9f-4c21-97a9-b99b3c6611b5"] : Array.Empty<string>(),
        ];
        var builtIn = assignments.Except(own).Select(a => a.Text("properties.policyDefinitionId")!.Split('/')[^1]).ToList();
        foreach (var id in wanted.Except(builtIn, StringComparer.Ordinal))
        {
            yield return $"The built-in policy {id} is not assigned.";
        }

        if (!rbac && builtIn.Contains("12d4fa5e-1f9f-4c21-97a9-b99b3c6611b5"))
        {
            yield return "A policy forbids the permission model that the vaults have.";
        }

        foreach (var elsewhere in assignments.Where(a => a.On != estate.KeysGroup && !(own.Contains(a) && a.On == estate.AppGroup)))
        {
            yield return $"{elsewhere.Name} is assigned elsewhere than on the vaults' group.";
        }
    }

    /// <summary>A right on either group is an alarm, and one on a group whose name begins like it is not.</summary>
    private static IEnumerable<string> OfAlert(PredictedEstate estate)
    {
        var query = estate
            .Of("Microsoft.Insights/scheduledQueryRules")
            .SingleOrDefault(r => r.Name.EndsWith("-right-given", StringComparison.Ordinal))
            ?["properties.criteria.allOf"]![0]!["query"]!.GetValue<string>()
            ?? "";
        foreach (var (name, at) in new[] { ("KeysGroup", estate.KeysGroup), ("AppGroup", estate.AppGroup) })
        {
            if (
                !query.Contains($"let {name} = \"{at.ToLowerInvariant()}/\";", StringComparison.Ordinal)
                || !query.Contains($"Scope startswith {name} or {name} startswith Scope", StringComparison.Ordinal)
            )
            {
                yield return $"Nobody hears of a right that is given on {at}.";
            }
        }

        string[] heard = ["ROLEASSIGNMENTS", "ROLEASSIGNMENTSCHEDULEREQUESTS", "ROLEELIGIBILITYSCHEDULEREQUESTS", "ROLEDEFINITIONS"];
        foreach (
            var what in heard
                .Select(w => $"MICROSOFT.AUTHORIZATION/{w}/WRITE")
                .Concat([
                    "MICROSOFT.KEYVAULT/VAULTS/ACCESSPOLICIES/WRITE",
                    "MICROSOFT.KEYVAULT/VAULTS/WRITE",
                    "MICROSOFT.MANAGEDIDENTITY/USERASSIGNEDIDENTITIES/FEDERATEDIDENTITYCREDENTIALS/WRITE",
                ])
                .Where(w => !query.Contains($"\"{w}\"", StringComparison.Ordinal))
        )
        {
            yield return $"Nobody hears of {what}.";
        }

        // Issuers' identities that were there before are in their own groups, which the app is let read.
        var watched = estate
            .Of("Microsoft.Authorization/roleAssignments")
            .Where(a => a.On.Split('/').Length == 5 && a.On != estate.AppGroup && a.On != estate.KeysGroup)
            .Select(a => $"\"{a.On.ToLowerInvariant()}/\"")
            .Distinct(StringComparer.Ordinal);
        if (
            !query.Contains($"let WatchedGroups = dynamic([{string.Join(", ", watched)}]);", StringComparison.Ordinal)
            || !query.Contains("Group in (WatchedGroups)", StringComparison.Ordinal)
        )
        {
            yield return "Nobody hears who may sign in as an issuer from outside.";
        }
    }
}
