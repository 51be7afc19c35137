using Rekey.Infra.Tests.Estates;

namespace Rekey.Infra.Tests.Rules;

/// <summary>Of storage, evidence and logs.</summary>
internal static class StoragePromises
{
    private static readonly string[] OwnTables = ["TokenIssuance_CL", "GatewayAccess_CL"];

    /// <summary>In a workspace that was there, those who made it say how long they are kept.</summary>
    private static readonly string[] AzureTables = ["AZKVAuditLogs", "AuditLogs", "SigninLogs", "AzureActivity"];

    public static IEnumerable<string> Broken(PredictedEstate estate, EstatePlan plan) =>
        [
            .. estate.Of("Microsoft.Storage/storageAccounts").SelectMany(a => OfStorage(estate, a, plan)),
            .. OfEvidence(estate),
            .. OfLogs(estate, plan.Production),
        ];

    private static IEnumerable<string> OfStorage(PredictedEstate estate, Predicted account, EstatePlan plan)
    {
        (bool Holds, string What)[] facts =
        [
            (account.Text("properties.allowSharedKeyAccess") == "false", "takes shared keys"),
            (account.Text("properties.allowBlobPublicAccess") == "false", "can be made public"),
            (plan.IsObserving || account.Text("properties.networkAcls.defaultAction") == "Deny", "lets networks in"),
            (
                account.Text("properties.supportsHttpsTrafficOnly") == "true" && account.Text("properties.minimumTlsVersion") == "TLS1_2",
                "takes plain HTTP"
            ),
            (
                estate
                    .Of("Microsoft.Authorization/roleAssignments")
                    .Any(a => a.On == account.Id || a.On.StartsWith($"{account.Id}/", StringComparison.Ordinal)),
                "has nobody who may use it"
            ),
        ];
        return facts.Where(f => !f.Holds).Select(f => $"{account.Name} {f.What}.");
    }

    private static IEnumerable<string> OfEvidence(PredictedEstate estate)
    {
        if (estate.Of("Microsoft.Storage/storageAccounts").Count() != 4)
        {
            yield return "Host, package, state and evidence are not four accounts.";
        }

        foreach (var container in new[] { "ledger", "checkpoints", "insights-logs-auditevent" })
        {
            var policy = estate
                .Of("Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies")
                .SingleOrDefault(p =>
                    p.Id.StartsWith(estate.Evidence.Id, StringComparison.Ordinal)
                    && p.Id.Contains($"/containers/{container}/", StringComparison.Ordinal)
                );
            if (
                policy?["properties.immutabilityPeriodSinceCreationInDays"]?.GetValue<int>() is not >= 365
                || policy.Text("properties.allowProtectedAppendWrites") != "true"
            )
            {
                yield return $"What lies in {container} can be changed, or nothing can be added to it.";
            }
        }
    }

    private static IEnumerable<string> OfLogs(PredictedEstate estate, bool production)
    {
        // The service answers 409 to a saved search that is there already and comes without one.
        foreach (
            var search in estate.Of("Microsoft.OperationalInsights/workspaces/savedSearches").Where(s => s.Text("properties.etag") != "*")
        )
        {
            yield return $"{search.Name} cannot be deployed a second time.";
        }

        // Alerts rest on what is written: a cap silences them on the day of a flood.
        if (
            estate.Of("Microsoft.OperationalInsights/workspaces").Any(w => w.Text("properties.workspaceCapping.dailyQuotaGb") != "-1")
            || estate.Resources.Any(r => r.Type.StartsWith("Microsoft.Insights/components/", StringComparison.OrdinalIgnoreCase))
        )
        {
            yield return "Logs have a daily cap.";
        }

        var tables = estate.Of("Microsoft.OperationalInsights/workspaces/tables").ToList();
        foreach (var wanted in estate.Of("Microsoft.OperationalInsights/workspaces").Any() ? OwnTables.Concat(AzureTables) : OwnTables)
        {
            if (
                tables.SingleOrDefault(t => t.Name == wanted)?["properties.totalRetentionInDays"]?.GetValue<int>() is not { } days
                || days < (production ? 730 : 365)
            )
            {
                yield return $"{wanted} is not kept long enough.";
            }
        }
    }
}
