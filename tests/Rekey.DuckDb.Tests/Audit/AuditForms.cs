using System.Globalization;
using System.Text.Json.Nodes;
using Rekey.Exposures.Audit;
using Rekey.Tests.Exposures;

namespace Rekey.DuckDb.Tests.Audit;

/// <summary>The forms in which the same operation stands in logs.</summary>
internal static class AuditForms
{
    /// <summary>The tables of a workspace, as diagnostic settings make them. AzureDiagnostics has the columns that some row has
    /// used.</summary>
    public static readonly IReadOnlyDictionary<string, string> Tables = new Dictionary<string, string>
    {
        ["AZKVAuditLogs"] =
            "(TimeGenerated:datetime, OperationName:string, Id:string, RequestUri:string, Identity:dynamic, HttpStatusCode:int, "
            + "ResultType:string, CorrelationId:string)",
        ["AzureDiagnostics"] =
            "(TimeGenerated:datetime, ResourceProvider:string, Category:string, OperationName:string, ResultType:string, id_s:string, "
            + "requestUri_s:string, httpStatusCode_d:real, identity_claim_oid_g:string, "
            + "identity_claim_http_schemas_xmlsoap_org_ws_2005_05_identity_claims_upn_s:string, identity_claim_appid_g:string, "
            + "CorrelationId:string)",
        ["AuditLogs"] =
            "(TimeGenerated:datetime, OperationName:string, Result:string, InitiatedBy:dynamic, TargetResources:dynamic, "
            + "AdditionalDetails:dynamic)",
        ["SigninLogs"] = "(TimeGenerated:datetime, UserId:string, AppId:string, ResourceIdentity:string, ResultType:string)",
        ["AADNonInteractiveUserSignInLogs"] =
            "(TimeGenerated:datetime, UserId:string, AppId:string, ResourceIdentity:string, ResultType:string)",
        ["AADServicePrincipalSignInLogs"] =
            "(TimeGenerated:datetime, ServicePrincipalId:string, AppId:string, ResourceIdentity:string, ResultType:string)",
    };

    /// <summary>The codes of the logs of sign-ins.</summary>
    public static IEnumerable<string> SignInTables => [WatchedLogs.SignIns, WatchedLogs.NonInteractive, WatchedLogs.ServicePrincipals];

    /// <summary>The table of a log of sign-ins.</summary>
    public static string TableOf(string log) => WatchedLogs.Tables[log];

    /// <summary>A row of a table of sign-ins, as an export of the workspace writes it.</summary>
    public static JsonObject SignIn(SignInRow row) =>
        new()
        {
            ["Type"] = TableOf(row.Log),
            ["TimeGenerated"] = Time(row.At),
            ["ArrivedAt"] = Time(row.At),
            [row.Log == WatchedLogs.ServicePrincipals ? "ServicePrincipalId" : "UserId"] = row.Oid.ToUpperInvariant(),
            ["AppId"] = row.Log == WatchedLogs.ServicePrincipals ? row.AppId : "DD44",
            ["ResourceIdentity"] = row.Resource,
            ["ResultType"] = row.Result,
        };

    /// <summary>The same as a record of a storage account.</summary>
    public static JsonObject StoredSignIn(SignInRow row) =>
        new()
        {
            ["time"] = Time(row.At),
            ["category"] = TableOf(row.Log).Replace("AAD", "", StringComparison.Ordinal),
            ["operationName"] = "Sign-in activity",
            ["resultType"] = row.Result,
            ["properties"] = new JsonObject
            {
                ["id"] = "0a0b0c0d-0000-4000-8000-000000000001",
                [row.Log == WatchedLogs.ServicePrincipals ? "servicePrincipalId" : "userId"] = row.Oid,
                ["appId"] = row.Log == WatchedLogs.ServicePrincipals ? row.AppId : "DD44",
                ["resourceDisplayName"] = row.Resource,
            },
        };

    /// <summary>A row of AZKVAuditLogs. A refused call may say Success.</summary>
    public static JsonObject Dedicated(AuditRow row) =>
        new()
        {
            ["TimeGenerated"] = Time(row.At),
            ["ArrivedAt"] = Time(row.ArrivedAt),
            ["OperationName"] = Camel(row.Operation),
            ["Id"] = IdOf(row),
            ["RequestUri"] = IdOf(row) + "/sign?api-version=7.4",
            ["Identity"] = Identity(row),
            ["HttpStatusCode"] = row.StatusCode,
            ["ResultType"] = "Success",
            ["CorrelationId"] = row.CorrelationId,
        };

    /// <summary>A row of AzureDiagnostics: another spelling of everything, and the same row where both tables are on.</summary>
    public static JsonObject Legacy(AuditRow row) =>
        new()
        {
            ["TimeGenerated"] = Time(row.At),
            ["ArrivedAt"] = Time(row.ArrivedAt),
            ["ResourceProvider"] = "MICROSOFT.KEYVAULT",
            ["Category"] = "AuditEvent",
            ["OperationName"] = Camel(row.Operation),
            ["ResultType"] = "Success",
            ["id_s"] = IdOf(row).ToUpperInvariant().Replace("HTTPS", "https", StringComparison.Ordinal),
            ["requestUri_s"] = "",
            ["httpStatusCode_d"] = row.StatusCode,
            ["identity_claim_oid_g"] = row.Oid.ToUpperInvariant(),
            ["identity_claim_http_schemas_xmlsoap_org_ws_2005_05_identity_claims_upn_s"] = row.IsPerson ? "someone@demo.example" : "",
            ["identity_claim_appid_g"] = row.AppId.ToUpperInvariant(),
            ["CorrelationId"] = row.CorrelationId,
        };

    /// <summary>A record of a storage account or an event hub.</summary>
    public static JsonObject Stored(AuditRow row) =>
        new()
        {
            ["time"] = Time(row.At),
            ["resourceId"] = "/SUBSCRIPTIONS/1/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/KV",
            ["operationName"] = Camel(row.Operation),
            ["category"] = "AuditEvent",
            ["resultType"] = "Success",
            ["correlationId"] = row.CorrelationId,
            ["identity"] = Identity(row),
            ["properties"] = new JsonObject
            {
                ["id"] = IdOf(row),
                ["requestUri"] = IdOf(row) + "/sign?api-version=7.4",
                ["httpStatusCode"] = row.StatusCode,
            },
        };

    /// <summary>A row of AuditLogs.</summary>
    public static JsonObject Directory(DirectoryChange change, string result = "success") =>
        new()
        {
            ["TimeGenerated"] = Time(change.At),
            ["ArrivedAt"] = Time(change.At),
            ["OperationName"] = NameOf(change).ToUpperInvariant(),
            ["Result"] = result,
            ["InitiatedBy"] =
                change.Actor == "bb22"
                    ? new JsonObject
                    {
                        ["app"] = new JsonObject { ["appId"] = "x", ["servicePrincipalId"] = "BB22" },
                    }
                    : new JsonObject { ["user"] = new JsonObject { ["id"] = change.Actor.ToUpperInvariant() } },
            ["TargetResources"] = new JsonArray(
                new JsonObject
                {
                    ["id"] = change.Target0,
                    ["modifiedProperties"] = new JsonArray(
                        new JsonObject { ["displayName"] = IsFederated(change) ? "FederatedIdentityCredentials" : "DisplayName" }
                    ),
                },
                new JsonObject { ["id"] = change.Target1, ["type"] = "ServicePrincipal" }
            ),
            ["AdditionalDetails"] = new JsonArray(new JsonObject { ["key"] = "AppId", ["value"] = change.AppId }),
        };

    /// <summary>The same as a record of a storage account.</summary>
    public static JsonObject StoredDirectory(DirectoryChange change)
    {
        var row = Directory(change);
        return new()
        {
            ["time"] = Time(change.At),
            ["operationName"] = NameOf(change),
            ["category"] = "AuditLogs",
            ["properties"] = new JsonObject
            {
                ["result"] = "success",
                ["initiatedBy"] = row["InitiatedBy"]!.DeepClone(),
                ["targetResources"] = row["TargetResources"]!.DeepClone(),
                ["additionalDetails"] = row["AdditionalDetails"]!.DeepClone(),
            },
        };
    }

    private static bool IsFederated(DirectoryChange change) => change.Operation.EndsWith("federated credential", StringComparison.Ordinal);

    /// <summary>The name in the log: a federated credential shows in a property alone.</summary>
    private static string NameOf(DirectoryChange change) => change.Operation.Split(':')[0];

    private static string Camel(string operation) =>
        operation.StartsWith("key", StringComparison.Ordinal) ? $"Key{char.ToUpperInvariant(operation[3])}{operation[4..]}" : operation;

    private static string IdOf(AuditRow row) =>
        $"https://{row.Vault}/{row.Kind}/{row.Name}{(row.Version.Length > 0 ? $"/{row.Version}" : "")}";

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    private static JsonObject Identity(AuditRow row)
    {
        // Both names of a claim occur.
        var isLong = row.At.Minute % 2 == 1;
        var claim = new JsonObject
        {
            [isLong ? "http://schemas.microsoft.com/identity/claims/objectidentifier" : "oid"] = row.Oid.ToUpperInvariant(),
            ["appid"] = row.AppId,
        };
        if (row.IsPerson)
        {
            claim[isLong ? "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn" : "upn"] = "someone@demo.example";
        }

        return new() { ["claim"] = claim };
    }
}
