using Rekey.Infra.Tests.Estates;

namespace Rekey.Infra.Tests.Rules;

/// <summary>Of vaults and keys.</summary>
internal static class VaultPromises
{
    public static IEnumerable<string> Broken(PredictedEstate estate, EstatePlan plan) =>
        estate
            .Vaults.SelectMany(v => OfVault(estate, v, plan))
            .Concat(estate.Of("Microsoft.KeyVault/vaults/keys").SelectMany(OfKey))
            .Concat(plan.IsObserving ? [] : OfGoverned(estate));

    /// <summary>The app governs the keys that are in the token vaults, each of them and no other.</summary>
    private static IEnumerable<string> OfGoverned(PredictedEstate estate)
    {
        var there = estate
            .TokenVaults.SelectMany(v => estate.Keys(v).Select(k => $"https://{v.Name}.vault.azure.net/keys/{k.Name}"))
            .ToHashSet(StringComparer.Ordinal);
        var governed = estate
            .Settings.Where(s =>
                s.Key.StartsWith("Rekey__Keys__", StringComparison.Ordinal) && s.Key.EndsWith("__VaultUri", StringComparison.Ordinal)
            )
            .Select(s => $"{s.Value.TrimEnd('/')}/keys/{estate.Settings[s.Key.Replace("__VaultUri", "__Name", StringComparison.Ordinal)]}")
            .ToHashSet(StringComparer.Ordinal);
        return there
            .Except(governed, StringComparer.Ordinal)
            .Select(k => $"{k} is there, and the app does not govern it.")
            .Concat(governed.Except(there, StringComparer.Ordinal).Select(k => $"{k} is governed, and not there."));
    }

    private static IEnumerable<string> OfVault(PredictedEstate estate, Predicted vault, EstatePlan plan)
    {
        var (production, rbac) = (plan.Production, plan.Rbac);
        var audit = estate.Of("Microsoft.Insights/diagnosticSettings").SingleOrDefault(d => d.On == vault.Id);
        (bool Holds, string What)[] facts =
        [
            (vault.Text("properties.sku.name") == "premium", "is not Premium"),
            (vault.Text("properties.enableRbacAuthorization") == (rbac ? "true" : "false"), "has the other permission model"),
            (
                !rbac || vault["properties.accessPolicies"]!.AsArray().Count == 0,
                "has access policies that a switch of the model would bring to life"
            ),
            (vault.Text("properties.enablePurgeProtection") == "true", "is not purge-protected"),
            (
                vault.Text("properties.enableSoftDelete") == "true" && vault.Text("properties.softDeleteRetentionInDays") == "90",
                "does not keep what was deleted for 90 days"
            ),
            (
                vault.Text("properties.networkAcls.defaultAction") == (plan.IsObserving ? "Allow" : "Deny")
                    && vault.Text("properties.networkAcls.bypass") == "None",
                "lets networks in"
            ),
            (
                !production
                    || plan.IsObserving
                    || (
                        vault.Text("properties.publicNetworkAccess") == "Disabled"
                        && vault["properties.networkAcls.ipRules"]!.AsArray().Count == 0
                    ),
                "can be reached from outside"
            ),
            (
                vault.Text("properties.enabledForDeployment") == "false"
                    && vault.Text("properties.enabledForTemplateDeployment") == "false"
                    && vault.Text("properties.enabledForDiskEncryption") == "false",
                "is open to deployments or disks"
            ),
            (
                audit?.Text("properties.logAnalyticsDestinationType") == "Dedicated"
                    && audit.Text("properties.workspaceId") == estate.WorkspaceId,
                "does not log to the table of its own"
            ),
            (
                DeclaredDiagnostics(estate, vault)
                    == (
                        $"{audit?.Name} {audit?.Text("properties.workspaceId")} {audit?.Text("properties.storageAccountId")} "
                        + $"{audit?.Text("properties.logAnalyticsDestinationType")}"
                    ),
                "logs elsewhere than the app is told"
            ),
            (audit?.Text("properties.storageAccountId") == estate.Evidence.Id, "does not log to the archive"),
            (
                audit
                    ?["properties.logs"]?.AsArray()
                    .Any(l => l!["category"]!.GetValue<string>() == "AuditEvent" && l["enabled"]!.GetValue<bool>())
                    is true,
                "does not log what is done with it"
            ),
            (
                plan.IsObserving
                    || estate
                        .EndpointsOf(vault.Id)
                        .Any(e => e.Text("properties.subnet.id")!.EndsWith("/subnets/endpoints", StringComparison.Ordinal)),
                "cannot be reached by the app"
            ),
        ];
        return facts.Where(f => !f.Holds).Select(f => $"{vault.Name} {f.What}.");
    }

    private static string DeclaredDiagnostics(PredictedEstate estate, Predicted vault)
    {
        var told = estate.Declaration["vaults"]!.AsArray().Single(v => v!["resourceId"]!.GetValue<string>() == vault.Id)!["diagnostics"]!
            .AsArray()
            .Single()!;
        return $"{told["name"]} {told["workspaceId"]} {told["storageAccountId"]} {told["logAnalyticsDestinationType"]}";
    }

    private static IEnumerable<string> OfKey(Predicted key)
    {
        var actions = key["properties.rotationPolicy.lifetimeActions"]
            ?.AsArray()
            .Select(a => a!["action"]!["type"]!.GetValue<string>())
            .ToList()
            ?? [];
        (bool Holds, string What)[] facts =
        [
            (key.Text("properties.kty") is "EC-HSM" or "RSA-HSM", "is not in an HSM"),
            (key.Text("properties.attributes.exportable") == "false", "can be exported"),
            (key["properties.release_policy"] is null, "can be released"),
            (actions is ["notify"], "is rotated by its vault, behind Rekey's back"),
            (key.Texts("properties.keyOps").Order(StringComparer.Ordinal).SequenceEqual(["sign", "verify"]), "is for more than signatures"),
        ];
        return facts.Where(f => !f.Holds).Select(f => $"The key {key.Name} {f.What}.");
    }
}
