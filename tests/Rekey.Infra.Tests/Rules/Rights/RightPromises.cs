using System.Text.Json.Nodes;
using Rekey.Infra.Tests.Estates;
using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Rules.Rights;

/// <summary>Of who may do what, and of what the app is told of it.</summary>
internal static class RightPromises
{
    private static readonly string[] Exporting =
    [
        "keys/backup/action",
        "keys/restore/action",
        "keys/import/action",
        "keys/release/action",
        "keys/purge/action",
        "keys/delete",
        "keys/create/action",
        "keyrotationpolicies/write",
    ];

    /// <summary>The whole of it: a part that is right says nothing about what stands beside it.</summary>
    private const string PersonsOnly =
        "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR "
        + "(@Resource[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase "
        + "{'User'}))";

    /// <summary>Operations by which somebody changes who may do what, or the vault that decides it.</summary>
    private static readonly string[] Changing =
    [
        "Microsoft.Authorization/roleAssignments/write",
        "Microsoft.Authorization/roleAssignments/delete",
        "Microsoft.Authorization/roleDefinitions/write",
        "Microsoft.Authorization/roleEligibilityScheduleRequests/write",
        "Microsoft.Authorization/roleAssignmentScheduleRequests/write",
        "Microsoft.Authorization/policyAssignments/write",
        "Microsoft.KeyVault/vaults/write",
        "Microsoft.KeyVault/vaults/accessPolicies/write",
    ];

    /// <summary>Built-in roles that work with data of storage, logs and events, and change no resource ("Azure built-in roles").</summary>
    private static readonly string[] DataOnly =
    [
        "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
        "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
        "19e7f393-937e-4f77-808e-94535e297925",
        "8a0f0c08-91a1-4084-bc3d-661d67233fed",
        "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a",
        "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        "3b03c2da-16b3-4a49-8834-0f8130efdd3b",
        "3913510d-42f4-4e42-8a64-420c390055eb",
        "d5a91429-5739-47e2-a06b-3470a27159e7",
    ];

    public static IEnumerable<string> Broken(PredictedEstate estate, EstatePlan plan) =>
        [
            .. OfRights(estate, plan),
            .. OfElsewhere(estate, plan),
            .. OfRemover(estate, plan),
            .. OfCutOff(estate),
            .. OfDeclaration(estate),
        ];

    private static IEnumerable<string> OfRights(PredictedEstate estate, EstatePlan plan)
    {
        var production = plan.Production;
        var rights = VaultRights.Of(estate);
        var own = estate.Vaults.Except(estate.TokenVaults).SelectMany(estate.Keys).Select(k => k.Name).ToHashSet(StringComparer.Ordinal);
        var app = $"{estate.Identity}-app";
        foreach (var right in rights.Where(r => r.Active))
        {
            if (production && right.Kind != "ServicePrincipal")
            {
                yield return $"{right.Line}, and is a {right.Kind ?? "principal of unknown kind"} in production.";
            }

            if (right.Principal == app && !own.Contains(right.Vault) && right.Gives("keys/sign/action"))
            {
                yield return $"{right.Line}: the app can sign tokens.";
            }

            // No built-in role signs without the right to back up: where no custom role may be made, Rekey has it on its own documents key.
            if (production && Exporting.Any(right.Gives) && !(plan.IsObserving && own.Contains(right.Vault)))
            {
                yield return $"{right.Line}: it can copy, replace or delete keys.";
            }
        }

        foreach (
            var both in rights
                .Where(r => r.Active)
                .GroupBy(r => (r.Vault, r.Principal))
                .Where(g => g.Any(r => r.Gives("keys/sign/action")) && g.Any(r => r.Gives("keys/rotate/action")))
                .Where(g => production || g.All(r => r.Kind != "Group"))
        )
        {
            yield return $"{both.Key.Vault}: {both.Key.Principal} can sign and rotate.";
        }

        foreach (var vault in estate.Vaults)
        {
            var label = estate.Keys(vault).Single().Name;
            var signers = rights
                .Where(r => r.Vault == label && r.Active && r.Kind != "Group" && r.Gives("keys/sign/action"))
                .Select(r => r.Principal)
                .ToHashSet(StringComparer.Ordinal);
            if (signers.Count != 1)
            {
                yield return $"{label} has {signers.Count} signers: {string.Join(", ", signers)}.";
            }
            else if (own.Contains(label) && signers.Single() != (label == "trust-list" ? app : $"{estate.Identity}-checkpoint"))
            {
                yield return $"{label} is signed by {signers.Single()}.";
            }
        }
    }

    /// <summary>What is assigned on the app's group, on what is in it and on watched groups reads, or works with data that is no vault's:
    /// identities that sign are there.</summary>
    private static IEnumerable<string> OfElsewhere(PredictedEstate estate, EstatePlan plan)
    {
        var production = plan.Production;
        foreach (var assignment in estate.Of("Microsoft.Authorization/roleAssignments").Where(a => !VaultRights.IsOnVaults(estate, a)))
        {
            var (role, principal) = (
                assignment.Text("properties.roleDefinitionId")!.Split('/')[^1],
                estate.NameOf(assignment.Text("properties.principalId")!)
            );
            if (production && assignment.Text("properties.principalType") != "ServicePrincipal")
            {
                yield return $"{assignment.On}: {principal} is a {assignment.Text("properties.principalType")} in production.";
            }

            var isReading =
                estate.Of("Microsoft.Authorization/roleDefinitions").Any(d => d.Name == role)
                && VaultRights.Role(estate, role).Actions.All(a => a.EndsWith("/read", StringComparison.Ordinal));
            if (!isReading && !DataOnly.Contains(role, StringComparer.Ordinal) && !(plan.IsObserving && VaultRights.IsReading(assignment)))
            {
                yield return $"{assignment.On}: {principal} can change what leads to the keys.";
            }
        }
    }

    /// <summary>Its one right is in Graph, and no deployment gives it.</summary>
    private static IEnumerable<string> OfCutOff(PredictedEstate estate)
    {
        var principal = ArmExpression.MadeUp($"{estate.Identity}-cut-off", "principalId");
        return estate
            .Resources.Where(r =>
                r.Type.StartsWith("Microsoft.Authorization/", StringComparison.Ordinal)
                || r.Type.StartsWith("Microsoft.KeyVault/", StringComparison.Ordinal)
            )
            .Where(r => r.Body.ToJsonString().Contains(principal, StringComparison.Ordinal))
            .Select(r => $"{r.On}: {estate.Identity}-cut-off can do more than sign people out.");
    }

    /// <summary>T22: reads and deletes assignments, of persons, on token vaults.</summary>
    private static IEnumerable<string> OfRemover(PredictedEstate estate, EstatePlan plan)
    {
        var writers = VaultRights
            .Of(estate)
            .Where(r =>
                r.Actions.Any(a => Changing.Any(c => Matches(a, c)))
                // Under access policies what break-glass may activate is the right to set one.
                && (plan.Rbac || r is not { Active: false, Role: "Key Vault Contributor" })
            )
            .ToList();
        foreach (var right in writers)
        {
            if (
                right.Principal != $"{estate.Identity}-remover"
                || !right
                    .Actions.ToHashSet(StringComparer.Ordinal)
                    .SetEquals(["Microsoft.Authorization/roleAssignments/read", "Microsoft.Authorization/roleAssignments/delete"])
                || right.DataActions.Count > 0
            )
            {
                yield return $"{right.Line}: it can change who may do what.";
            }

            if (right.Condition != PersonsOnly)
            {
                yield return $"{right.Line}: it can take an issuer's right away.";
            }
        }

        var where = writers.Select(w => w.Vault).ToHashSet(StringComparer.Ordinal);
        if (!where.SetEquals(plan.HasRemover ? estate.TokenVaults.SelectMany(estate.Keys).Select(k => k.Name) : []))
        {
            yield return $"Grants can be removed on: {string.Join(", ", where)}.";
        }
    }

    private static bool Matches(string pattern, string operation) =>
        System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, operation);

    /// <summary>The app is told of exactly what is granted.</summary>
    private static IEnumerable<string> OfDeclaration(PredictedEstate estate)
    {
        var rights = VaultRights.Of(estate);
        foreach (var vault in estate.Vaults)
        {
            var label = estate.Keys(vault).Single().Name;
            var told = estate.Declaration["vaults"]!.AsArray().SingleOrDefault(v => v!["resourceId"]!.GetValue<string>() == vault.Id);
            var endpoints = told?["privateEndpoints"]?.AsArray()
                .Select(e => e!.GetValue<string>())
                .ToHashSet(StringComparer.OrdinalIgnoreCase)
                ?? [];
            if (
                !endpoints.SetEquals(estate.EndpointsOf(vault.Id).Select(e => e.Id))
                || told?["bypass"]?.GetValue<string>() != vault.Text("properties.networkAcls.bypass")
            )
            {
                yield return $"{label}: the app is told of other ways through the network than there are.";
            }

            var rotator = told?["rotator"];
            var isRotated = estate.TokenVaults.Contains(vault);
            if (
                isRotated
                    ? estate.NameOf(rotator?["principalId"]?.GetValue<string>() ?? "") != $"{estate.Identity}-app"
                    : rotator is not null
            )
            {
                yield return $"{label}: the app is told of another rotator than itself.";
            }

            if (
                isRotated
                && rotator
                    ?["letInBy"]?.AsArray()
                    .Select(e => e!.GetValue<string>())
                    .Any(e => endpoints.Contains(e) && e.EndsWith($"/pe-rekey-{vault.Name}", StringComparison.Ordinal))
                    is not true
            )
            {
                yield return $"{label}: the app is not told by what it comes to the vault.";
            }

            var grants = told?["grants"]!.AsArray()
                .Where(g => g!["why"]!.GetValue<string>().Length > 0 && !IsKnown(g))
                .Select(g => Told(estate, label, g!))
                .Order(StringComparer.Ordinal)
                ?? Enumerable.Empty<string>();
            var there = rights
                .Where(r => r.Vault == label || r.Vault == "*")
                .Select(r => Is(estate, r, label))
                .Order(StringComparer.Ordinal);
            foreach (
                var (one, other) in there
                    .Except(grants, StringComparer.Ordinal)
                    .Select(g => ("granted, and the app is not told", g))
                    .Concat(grants.Except(there, StringComparer.Ordinal).Select(g => ("declared to the app, and not granted", g)))
            )
            {
                yield return $"{label}: {one}: {other}.";
            }
        }
    }

    /// <summary>Declared because others granted it: the pipeline's.</summary>
    private static bool IsKnown(JsonNode? grant) => grant!["principalId"]?.GetValue<string>() == "00000000-0000-4000-8000-0000000e0001";

    private static string Told(PredictedEstate estate, string vault, JsonNode grant)
    {
        var role = grant["role"] is { } id ? VaultRights.Role(estate, id.GetValue<string>()).Name : "access policy";
        return Fact(
            vault,
            estate.NameOf(grant["principalId"]!.GetValue<string>()),
            role,
            grant["active"]!.GetValue<bool>(),
            [.. grant["dataActions"]!.AsArray().Select(a => a!.GetValue<string>())]
        );
    }

    private static string Is(PredictedEstate estate, VaultRight right, string vault) =>
        Fact(
            vault,
            right.Principal,
            right.Role,
            right.Active,
            right.Role != "access policy" && !estate.Vaults.Any(v => v.Text("properties.enableRbacAuthorization") == "true")
                ? []
                : right.DataActions
        );

    private static string Fact(string vault, string principal, string role, bool active, IEnumerable<string> dataActions) =>
        $"{vault} {principal} {role} {active} {string.Join(' ', VaultRights.Expanded(dataActions).Order(StringComparer.Ordinal))}";
}
