using Rekey.Infra.Tests.Estates;

namespace Rekey.Infra.Tests.Rules.Rights;

/// <summary>Of data: the app reads and writes what its tasks need, and nobody reads keys, secrets or logs beside that.</summary>
internal static class DataRightPromises
{
    private const string BlobContributor = "Storage Blob Data Contributor";

    /// <summary>The tables that sweeps read, through the views of infra/kql.</summary>
    private const string ReadTables =
        "((!(ActionMatches{'Microsoft.OperationalInsights/workspaces/tables/data/read'})) OR "
        + "(@Resource[Microsoft.OperationalInsights/workspaces/tables:name] ForAnyOfAnyValues:StringEquals "
        + "{'TokenIssuance_CL', 'GatewayAccess_CL', 'AZKVAuditLogs', 'AzureDiagnostics', 'AuditLogs', 'SigninLogs', "
        + "'AADNonInteractiveUserSignInLogs', 'AADServicePrincipalSignInLogs'}))";

    /// <summary>Reads of the control plane that return a key or content. Microsoft's own reader roles leave the first, and that of API
    /// Management, out by notActions ("Azure built-in roles"); the others are operations of their providers ("Azure resource provider
    /// operations").</summary>
    private static readonly string[] Revealing =
    [
        "Microsoft.OperationalInsights/workspaces/sharedKeys/read",
        "Microsoft.OperationalInsights/workspaces/query/read",
        "Microsoft.OperationalInsights/workspaces/query/SigninLogs/read",
        "Microsoft.Insights/logs/AppTraces/read",
        "Microsoft.Insights/components/query/read",
        "Microsoft.Web/sites/functions/masterkey/read",
        "Microsoft.Web/sites/functions/token/read",
        "Microsoft.Web/sites/functions/keys/read",
        "Microsoft.Web/sites/hostruntime/host/_master/read",
        "Microsoft.ContainerRegistry/registries/pull/read",
        "Microsoft.ApiManagement/service/users/keys/read",
        "Microsoft.DocumentDB/databaseAccounts/readonlykeys/read",
        "Microsoft.Automation/automationAccounts/agentRegistrationInformation/read",
        "Microsoft.Automation/automationAccounts/listKeys/read",
        "Microsoft.Automation/automationAccounts/runbooks/content/read",
        "Microsoft.Automation/automationAccounts/jobs/output/read",
    ];

    /// <summary>Built-in roles that read every resource, log rows among them.</summary>
    private static readonly string[] ReadingAll =
    [
        "acdd72a7-3385-48ef-bd42-f606fba81ae7",
        "43d0d8ad-25c7-4714-9337-8ba259a9fe05",
        "73c42c96-874c-492b-b04d-ab87d138a893",
    ];

    public static IEnumerable<string> Broken(PredictedEstate estate, EstatePlan plan) =>
        [.. OfReading(estate), .. OfPackage(estate), .. OfStorage(estate, plan.IsObserving), .. OfLogs(estate), .. OfTelemetry(estate)];

    private static IEnumerable<string> OfReading(PredictedEstate estate)
    {
        foreach (var role in estate.Of("Microsoft.Authorization/roleDefinitions"))
        {
            var given = Assert.Single(role["properties.permissions"]!.AsArray())!;
            foreach (var shown in Revealing.Where(r => Any(given["actions"], r) && !Any(given["notActions"], r)))
            {
                yield return $"{role.Text("properties.roleName")} shows what it must not: {shown}.";
            }
        }

        foreach (var wide in estate.Of("Microsoft.Authorization/roleAssignments").Where(a => ReadingAll.Contains(Role(a)) && !IsOnVault(a)))
        {
            yield return $"{estate.NameOf(wide.Text("properties.principalId")!)} reads everything on {wide.On.Split('/')[^1]}.";
        }
    }

    /// <summary>Who can change the package decides what runs: the app's own identity cannot.</summary>
    private static IEnumerable<string> OfPackage(PredictedEstate estate)
    {
        var packages = estate
            .Of("Microsoft.Storage/storageAccounts/blobServices/containers")
            .Where(c => c.Name == "packages")
            .Select(c => c.Id)
            .ToList();
        if (packages is not [var container])
        {
            yield return "There is not one container of packages.";
            yield break;
        }

        var who = QueueRights.Blobs(estate, container).ToList();
        if (!who.SequenceEqual([$"{estate.Identity}-package: {BlobContributor}"], StringComparer.Ordinal))
        {
            yield return $"The app's package can be changed by: {string.Join(", ", who)}.";
        }

        const string storage = "properties.functionAppConfig.deployment.storage";
        var site = estate.Only("Microsoft.Web/sites");
        var by = site.Text($"{storage}.authentication.userAssignedIdentityResourceId");
        var at = new Uri(site.Text($"{storage}.value")!);
        if (
            by?.EndsWith($"/{estate.Identity}-package", StringComparison.Ordinal) is not true
            || at.Host.Split('.')[0] != container.Split('/')[8]
        )
        {
            yield return "The app's package is fetched from elsewhere, or by another identity.";
        }
    }

    private static IEnumerable<string> OfStorage(PredictedEstate estate, bool isObserving)
    {
        var app = $"{estate.Identity}-app";
        string[] written = ["blocklist", "checkpoints", "deadletters", "ledger", "snapshots"];
        foreach (
            var container in estate.Of("Microsoft.Storage/storageAccounts/blobServices/containers").Where(c => IsIn(c, estate.Evidence))
        )
        {
            var has = QueueRights.Blobs(estate, container.Id).Where(r => r.StartsWith($"{app}: ", StringComparison.Ordinal)).ToList();
            string[] meant =
                written.Contains(container.Name, StringComparer.Ordinal) ? [$"{app}: {BlobContributor}"]
                : container.Name == "event-dead-letters" ? [$"{app}: Storage Blob Data Reader"]
                : [];
            if (!has.SequenceEqual(meant, StringComparer.Ordinal))
            {
                yield return $"In {container.Name} the app has: {string.Join(", ", has)}.";
            }
        }

        foreach (
            var wide in estate
                .Of("Microsoft.Authorization/roleAssignments")
                .Where(a => !isObserving && QueueRights.Title(estate, Role(a)) == "Storage Queue Data Contributor")
        )
        {
            yield return $"{estate.NameOf(wide.Text("properties.principalId")!)} can make and delete queues in {wide.On.Split('/')[8]}.";
        }
    }

    private static IEnumerable<string> OfLogs(PredictedEstate estate)
    {
        var at = estate.Of("Microsoft.Authorization/roleAssignments").Where(a => a.On == estate.WorkspaceId).ToList();
        if (
            at is not [var reading]
            || Role(reading) != "3b03c2da-16b3-4a49-8834-0f8130efdd3b"
            || reading.Text("properties.condition") != ReadTables
            || reading.Text("properties.conditionVersion") != "2.0"
            || estate.NameOf(reading.Text("properties.principalId")!) != $"{estate.Identity}-app"
        )
        {
            yield return "Logs are read by others than the app, or in other tables than sweeps read.";
        }
    }

    /// <summary>A connection string is known to every reader of the component: without an identity one could write that the app
    /// works.</summary>
    private static IEnumerable<string> OfTelemetry(PredictedEstate estate)
    {
        var component = estate.Only("Microsoft.Insights/components");
        if (component.Text("properties.DisableLocalAuth") != "true")
        {
            yield return "Telemetry can be sent without an identity.";
        }

        var senders = estate
            .Of("Microsoft.Authorization/roleAssignments")
            .Where(a => a.On == component.Id)
            .Select(a => $"{estate.NameOf(a.Text("properties.principalId")!)} {Role(a)}");
        var client = estate.Settings["Rekey__Azure__ManagedIdentityClientId"];
        if (
            !senders.SequenceEqual([$"{estate.Identity}-app 3913510d-42f4-4e42-8a64-420c390055eb"], StringComparer.Ordinal)
            || estate.Settings.GetValueOrDefault("APPLICATIONINSIGHTS_AUTHENTICATION_STRING") != $"ClientId={client};Authorization=AAD"
        )
        {
            yield return "The app cannot send its telemetry by its identity.";
        }
    }

    private static string Role(Predicted assignment) => assignment.Text("properties.roleDefinitionId")!.Split('/')[^1];

    private static bool IsOnVault(Predicted assignment) => assignment.On.Contains("/vaults/", StringComparison.Ordinal);

    private static bool IsIn(Predicted container, Predicted account) => container.Id.StartsWith($"{account.Id}/", StringComparison.Ordinal);

    private static bool Any(System.Text.Json.Nodes.JsonNode? patterns, string operation) =>
        patterns!
            .AsArray()
            .Any(p => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(p!.GetValue<string>(), operation, ignoreCase: true));
}
