using System.Text.Json.Nodes;

namespace Rekey.Infra.Tests;

/// <summary>What a deployment promises, as facts about resources. Each broken one is a sentence.</summary>
internal static class Promises
{
    private static readonly string[] Exporting = ["keys/backup/action", "keys/restore/action", "keys/import/action", "keys/release/action", "keys/purge/action", "keys/delete", "keys/create/action", "keyrotationpolicies/write"];

    public static IReadOnlyList<string> Broken(Estate estate, bool production, bool rbac) =>
    [
        .. estate.Vaults.SelectMany(v => OfVault(estate, v, production, rbac)),
        .. estate.Of("Microsoft.KeyVault/vaults/keys").SelectMany(OfKey),
        .. OfRights(estate, production),
        .. OfRemover(estate, rbac),
        .. OfDeclaration(estate),
        .. OfPolicies(estate, production, rbac),
        .. estate.Of("Microsoft.Storage/storageAccounts").SelectMany(a => OfStorage(estate, a)),
        .. OfEvidence(estate),
        .. OfApp(estate),
        .. OfEvents(estate),
        .. OfLogs(estate, production),
        .. estate.Of("Microsoft.Authorization/locks").Select(l => $"{l.Id}: a lock would keep undeclared grants from being removed."),
    ];

    private static IEnumerable<string> OfVault(Estate estate, Predicted vault, bool production, bool rbac)
    {
        var audit = estate.Of("Microsoft.Insights/diagnosticSettings").SingleOrDefault(d => d.On == vault.Id);
        (bool Holds, string What)[] facts =
        [
            (vault.Text("properties.sku.name") == "premium", "is not Premium"),
            (vault.Text("properties.enableRbacAuthorization") == (rbac ? "true" : "false"), "has the other permission model"),
            (!rbac || vault["properties.accessPolicies"]!.AsArray().Count == 0, "has access policies that a switch of the model would bring to life"),
            (vault.Text("properties.enablePurgeProtection") == "true", "is not purge-protected"),
            (vault.Text("properties.enableSoftDelete") == "true" && vault.Text("properties.softDeleteRetentionInDays") == "90", "does not keep what was deleted for 90 days"),
            (vault.Text("properties.networkAcls.defaultAction") == "Deny" && vault.Text("properties.networkAcls.bypass") == "None", "lets networks in"),
            (!production || (vault.Text("properties.publicNetworkAccess") == "Disabled" && vault["properties.networkAcls.ipRules"]!.AsArray().Count == 0), "can be reached from outside"),
            (vault.Text("properties.enabledForDeployment") == "false" && vault.Text("properties.enabledForTemplateDeployment") == "false" && vault.Text("properties.enabledForDiskEncryption") == "false", "is open to deployments or disks"),
            (audit?.Text("properties.logAnalyticsDestinationType") == "Dedicated" && audit.Text("properties.workspaceId") == estate.Only("Microsoft.OperationalInsights/workspaces").Id, "does not log to the table of its own"),
            (audit?.Text("properties.storageAccountId") == Evidence(estate).Id, "does not log to the archive"),
            (audit?["properties.logs"]?.AsArray().Any(l => l!["category"]!.GetValue<string>() == "AuditEvent" && l["enabled"]!.GetValue<bool>()) is true, "does not log what is done with it"),
            (Endpoints(estate, vault.Id).Any(e => e.Text("properties.subnet.id")!.EndsWith("/subnets/endpoints", StringComparison.Ordinal)), "cannot be reached by the app"),
        ];
        return facts.Where(f => !f.Holds).Select(f => $"{vault.Name} {f.What}.");
    }

    private static IEnumerable<string> OfKey(Predicted key)
    {
        var actions = key["properties.rotationPolicy.lifetimeActions"]?.AsArray().Select(a => a!["action"]!["type"]!.GetValue<string>()).ToList() ?? [];
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

    private static IEnumerable<string> OfRights(Estate estate, bool production)
    {
        var rights = VaultRights.Of(estate);
        var own = estate.Vaults.Except(estate.TokenVaults).SelectMany(estate.Keys).Select(k => k.Name).ToHashSet(StringComparer.Ordinal);
        var app = $"{Identity(estate)}-app";
        foreach (var right in rights.Where(r => r.Active))
        {
            if (production && right.Kind is not (null or "ServicePrincipal"))
            {
                yield return $"{right.Line}, and is a {right.Kind} in production.";
            }

            if (right.Principal == app && !own.Contains(right.Vault) && right.Gives("keys/sign/action"))
            {
                yield return $"{right.Line}: the app can sign tokens.";
            }

            if (production && Exporting.Any(right.Gives))
            {
                yield return $"{right.Line}: it can copy, replace or delete keys.";
            }
        }

        foreach (var both in rights.Where(r => r.Active).GroupBy(r => (r.Vault, r.Principal)).Where(g => g.Any(r => r.Gives("keys/sign/action")) && g.Any(r => r.Gives("keys/rotate/action"))).Where(g => production || g.All(r => r.Kind != "Group")))
        {
            yield return $"{both.Key.Vault}: {both.Key.Principal} can sign and rotate.";
        }

        foreach (var vault in estate.Vaults)
        {
            var label = estate.Keys(vault).Single().Name;
            var signers = rights.Where(r => r.Vault == label && r.Active && r.Kind != "Group" && r.Gives("keys/sign/action")).Select(r => r.Principal).ToHashSet(StringComparer.Ordinal);
            if (signers.Count != 1)
            {
                yield return $"{label} has {signers.Count} signers: {string.Join(", ", signers)}.";
            }
            else if (own.Contains(label) && signers.Single() != (label == "trust-list" ? app : $"{Identity(estate)}-checkpoint"))
            {
                yield return $"{label} is signed by {signers.Single()}.";
            }
        }
    }

    /// <summary>T22: reads and deletes assignments, of persons, on token vaults.</summary>
    private static IEnumerable<string> OfRemover(Estate estate, bool rbac)
    {
        var writers = VaultRights.Of(estate).Where(r => r.Actions.Any(a => a.StartsWith("Microsoft.Authorization/", StringComparison.Ordinal) && !a.EndsWith("/read", StringComparison.Ordinal))).ToList();
        foreach (var right in writers)
        {
            if (right.Principal != $"{Identity(estate)}-remover" || !right.Actions.ToHashSet(StringComparer.Ordinal).SetEquals(["Microsoft.Authorization/roleAssignments/read", "Microsoft.Authorization/roleAssignments/delete"]) || right.DataActions.Count > 0)
            {
                yield return $"{right.Line}: it can change who may do what.";
            }

            if (right.Condition?.Contains("@Resource[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'User'}", StringComparison.Ordinal) is not true)
            {
                yield return $"{right.Line}: it can take an issuer's right away.";
            }
        }

        var where = writers.Select(w => w.Vault).ToHashSet(StringComparer.Ordinal);
        if (!where.SetEquals(rbac ? estate.TokenVaults.SelectMany(estate.Keys).Select(k => k.Name) : []))
        {
            yield return $"Grants can be removed on: {string.Join(", ", where)}.";
        }
    }

    /// <summary>The app is told of exactly what is granted.</summary>
    private static IEnumerable<string> OfDeclaration(Estate estate)
    {
        var rights = VaultRights.Of(estate);
        foreach (var vault in estate.Vaults)
        {
            var label = estate.Keys(vault).Single().Name;
            var told = estate.Declaration["vaults"]!.AsArray().SingleOrDefault(v => v!["resourceId"]!.GetValue<string>() == vault.Id);
            var grants = told?["grants"]!.AsArray().Where(g => g!["why"]!.GetValue<string>().Length > 0 && !IsKnown(g)).Select(g => Told(estate, label, g!)).Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>();
            var there = rights.Where(r => r.Vault == label || r.Vault == "*").Select(r => Is(estate, r, label)).Order(StringComparer.Ordinal);
            foreach (var (one, other) in there.Except(grants, StringComparer.Ordinal).Select(g => ("granted, and the app is not told", g)).Concat(grants.Except(there, StringComparer.Ordinal).Select(g => ("declared to the app, and not granted", g))))
            {
                yield return $"{label}: {one}: {other}.";
            }
        }
    }

    /// <summary>Declared because others granted it: the pipeline's.</summary>
    private static bool IsKnown(JsonNode? grant) => grant!["role"]?.GetValue<string>().EndsWith("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", StringComparison.Ordinal) is true;

    private static string Told(Estate estate, string vault, JsonNode grant)
    {
        var role = grant["role"] is { } id ? VaultRights.Role(estate, id.GetValue<string>()).Name : "access policy";
        return Fact(vault, estate.NameOf(grant["principalId"]!.GetValue<string>()), role, grant["active"]!.GetValue<bool>(), [.. grant["dataActions"]!.AsArray().Select(a => a!.GetValue<string>())]);
    }

    private static string Is(Estate estate, VaultRight right, string vault) =>
        Fact(vault, right.Principal, right.Role, right.Active, right.Role != "access policy" && !estate.Vaults.Any(v => v.Text("properties.enableRbacAuthorization") == "true") ? [] : right.DataActions);

    private static string Fact(string vault, string principal, string role, bool active, IEnumerable<string> dataActions) => $"{vault} {principal} {role} {active} {string.Join(' ', dataActions.Order(StringComparer.Ordinal))}";

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

    private static IEnumerable<string> OfStorage(Estate estate, Predicted account)
    {
        (bool Holds, string What)[] facts =
        [
            (account.Text("properties.allowSharedKeyAccess") == "false", "takes shared keys"),
            (account.Text("properties.allowBlobPublicAccess") == "false", "can be made public"),
            (account.Text("properties.networkAcls.defaultAction") == "Deny", "lets networks in"),
            (account.Text("properties.supportsHttpsTrafficOnly") == "true" && account.Text("properties.minimumTlsVersion") == "TLS1_2", "takes plain HTTP"),
            (Endpoints(estate, account.Id).Any(), "cannot be reached by the app"),
            (estate.Of("Microsoft.Authorization/roleAssignments").Any(a => a.On == account.Id), "has nobody who may use it"),
        ];
        return facts.Where(f => !f.Holds).Select(f => $"{account.Name} {f.What}.");
    }

    private static IEnumerable<string> OfEvidence(Estate estate)
    {
        if (estate.Of("Microsoft.Storage/storageAccounts").Count() != 3)
        {
            yield return "Host, state and evidence are not three accounts.";
        }

        foreach (var container in new[] { "ledger", "checkpoints", "insights-logs-auditevent" })
        {
            var policy = estate.Of("Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies").SingleOrDefault(p => p.Id.StartsWith(Evidence(estate).Id, StringComparison.Ordinal) && p.Id.Contains($"/containers/{container}/", StringComparison.Ordinal));
            if (policy?["properties.immutabilityPeriodSinceCreationInDays"]?.GetValue<int>() is not >= 365 || policy.Text("properties.allowProtectedAppendWrites") != "true")
            {
                yield return $"What lies in {container} can be changed, or nothing can be added to it.";
            }
        }
    }

    private static IEnumerable<string> OfApp(Estate estate)
    {
        var site = estate.Only("Microsoft.Web/sites");
        (bool Holds, string What)[] facts =
        [
            (estate.Only("Microsoft.Web/serverfarms").Text("sku.tier") == "FlexConsumption" && site.Text("properties.functionAppConfig.runtime.name") == "custom", "is no custom handler on Flex Consumption"),
            (site.Text("identity.type") == "UserAssigned" && site["identity.userAssignedIdentities"]!.AsObject().All(i => i.Key.Contains("/id-rekey-", StringComparison.Ordinal)), "has an identity that is not its own"),
            (site.Text("properties.functionAppConfig.deployment.storage.authentication.type") == "UserAssignedIdentity", "fetches its package with a key"),
            (site.Text("properties.virtualNetworkSubnetId")?.EndsWith("/subnets/app", StringComparison.Ordinal) is true, "is not in the network"),
            (site.Text("properties.httpsOnly") == "true", "takes plain HTTP"),
            (estate.Of("Microsoft.Web/sites/basicPublishingCredentialsPolicies").Count(p => p.Text("properties.allow") == "false") == 2, "can be published to with a password"),
            (!estate.Settings.Values.Any(v => v.Contains("AccountKey=", StringComparison.Ordinal) || v.Contains("SharedAccess", StringComparison.Ordinal)), "holds a storage key"),
            (estate.Settings["Rekey__Offboarding__ClientState"].StartsWith("@Microsoft.KeyVault(SecretUri=https://kv-rkdocs-", StringComparison.Ordinal), "holds the client state itself"),
        ];
        return facts.Where(f => !f.Holds).Select(f => $"The app {f.What}.");
    }

    private static IEnumerable<string> OfEvents(Estate estate)
    {
        foreach (var subscription in estate.Of("Microsoft.EventGrid/partnerTopics/eventSubscriptions"))
        {
            if (subscription.Text("properties.retryPolicy.maxDeliveryAttempts") != "30" || subscription.Text("properties.retryPolicy.eventTimeToLiveInMinutes") != "1440")
            {
                yield return "An event is given up early.";
            }

            var letters = subscription["properties.deadLetterWithResourceIdentity.deadLetterDestination.properties"];
            var container = estate.Of("Microsoft.Storage/storageAccounts/blobServices/containers").SingleOrDefault(c => c.Id == $"{letters?["resourceId"]}/blobServices/default/containers/{letters?["blobContainerName"]}");
            if (container is null || !estate.Of("Microsoft.Authorization/roleAssignments").Any(a => a.On == container.Id && estate.NameOf(a.Text("properties.principalId")!) == $"{Identity(estate)}-events"))
            {
                yield return "An event that cannot be delivered is lost.";
            }
        }
    }

    private static IEnumerable<string> OfLogs(Estate estate, bool production)
    {
        var tables = estate.Of("Microsoft.OperationalInsights/workspaces/tables").ToList();
        foreach (var wanted in new[] { "AZKVAuditLogs", "AuditLogs", "SigninLogs", "AzureActivity", "TokenIssuance_CL", "GatewayAccess_CL" })
        {
            if (tables.SingleOrDefault(t => t.Name == wanted)?["properties.totalRetentionInDays"]?.GetValue<int>() is not { } days || days < (production ? 730 : 365))
            {
                yield return $"{wanted} is not kept long enough.";
            }
        }
    }

    private static Predicted Evidence(Estate estate) => Assert.Single(estate.Of("Microsoft.Storage/storageAccounts"), a => a.Name.Contains("evid", StringComparison.Ordinal));

    private static string Identity(Estate estate) => $"id-rekey-{estate.Declaration["environment"]!.GetValue<string>()}";

    private static IEnumerable<Predicted> Endpoints(Estate estate, string id) =>
        estate.Of("Microsoft.Network/privateEndpoints").Where(e => e["properties.privateLinkServiceConnections"]!.AsArray().Any(c => c!["properties"]!["privateLinkServiceId"]!.GetValue<string>() == id));
}
