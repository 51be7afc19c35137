using Rekey.Azure.LogAnalytics.Queries;
using Rekey.Exposures.Audit;
using Rekey.Trust;

namespace Rekey.Azure.LogAnalytics.Audit;

/// <summary>
/// The prelude of an audit query: the tables of the workspace as one view. It reads AZKVAuditLogs and AzureDiagnostics at once, and the
/// names that exports and custom tables give the same columns. A table without data does not exist: <c>isfuzzy</c> makes it empty.
/// </summary>
internal static class AuditPrelude
{
    public const string VaultTable = "AZKVAuditLogs";
    public const string LegacyTable = "AzureDiagnostics";
    public const string DirectoryTable = "AuditLogs";

    /// <summary>The tables of sign-ins, and whether a service principal signs in there.</summary>
    private static readonly (string Table, bool IsApp)[] SignInTables =
    [
        ("SigninLogs", false),
        ("AADNonInteractiveUserSignInLogs", false),
        ("AADServicePrincipalSignInLogs", true),
    ];

    private const string ObjectIdClaim = "http://schemas.microsoft.com/identity/claims/objectidentifier";
    private const string UpnClaim = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn";

    private static readonly string[] Claims =
    [
        "coalesce(tostring(Claim[\"oid\"]), tostring(Claim[\"" + ObjectIdClaim + "\"]))",
        "coalesce(tostring(Claim[\"upn\"]), tostring(Claim[\"" + UpnClaim + "\"]))",
        "tostring(Claim[\"appid\"])",
    ];

    /// <summary>The operations on vaults since a time.</summary>
    /// <param name="arrivedSince">Only rows that arrived since then; null for all.</param>
    public static string Vaults(DateTimeOffset since, DateTimeOffset? arrivedSince = null) =>
        $"""
            let {AuditViews.VaultAuditName} = union isfuzzy=true (datatable({WorkspaceRows.Schema(AuditViews.VaultAudit)})[]),
                ({VaultTable}
                | where TimeGenerated >= {KqlText.Of(since)}{Arrived(arrivedSince)}
            {Columns}),
                ({LegacyTable}
                | where TimeGenerated >= {KqlText.Of(since)}{Arrived(arrivedSince)}
                | where tolower({Text("ResourceProvider")}) == "microsoft.keyvault" and tolower({Text("Category")}) == "auditevent"
            {Columns});

            """;

    /// <summary>The changes in the directory since a time. A federated credential is a change of the application like any other, so its
    /// operation gets the word; an application acts under the id of its service principal.</summary>
    /// <param name="arrivedSince">Only rows that arrived since then; null for all.</param>
    public static string Directory(DateTimeOffset since, DateTimeOffset? arrivedSince = null) =>
        $"""
            let {AuditViews.DirectoryAuditName} = union isfuzzy=true (datatable({WorkspaceRows.Schema(AuditViews.DirectoryAudit)})[]),
                ({DirectoryTable}
                | where TimeGenerated >= {KqlText.Of(since)}{Arrived(arrivedSince)}
                | extend By = parse_json({Text("InitiatedBy")}), Targets = parse_json({Text("TargetResources")})
                | project TimeGenerated = bin(todatetime(TimeGenerated), 1microsecond), Operation = strcat(tolower({Text(
                "OperationName",
                "ActivityDisplayName"
            )}), iff({Text("TargetResources")} contains_cs "FederatedIdentityCredential", ": federated credential", "")),
                    Result = tolower({Text(
                "Result"
            )}), Actor = tolower(coalesce(tostring(By["user"]["id"]), tostring(By["app"]["servicePrincipalId"]))),
                    Target0 = tolower(tostring(Targets[0]["id"])),
                    Target1 = tolower(tostring(Targets[1]["id"])),
                    AppId = tolower(extract("\"AppId\",\"value\":\"([0-9a-fA-F-]+)", 1, {Text("AdditionalDetails")})));

            """;

    /// <summary>The sign-ins since a time.</summary>
    /// <param name="arrivedSince">Only rows that arrived since then; null for all.</param>
    public static string SignIns(DateTimeOffset since, DateTimeOffset? arrivedSince = null) =>
        $"""
            let {AuditViews.SignInName} = union isfuzzy=true (datatable({WorkspaceRows.Schema(AuditViews.SignIn)})[]),
                {string.Join(
                ",\n                ",
                SignInTables.Select(t =>
                    $"""
                    ({t.Table}
                        | where TimeGenerated >= {KqlText.Of(since)}{Arrived(arrivedSince)}
                        | project TimeGenerated = bin(todatetime(TimeGenerated), 1microsecond), Log = "{t.Table.ToLowerInvariant()}",
                            Oid = tolower({Text(t.IsApp ? "ServicePrincipalId" : "UserId")}), AppId = {(
                        t.IsApp ? $"tolower({Text("AppId")})" : "\"\""
                    )}, Resource = tolower({Text("ResourceIdentity", "ResourceDisplayName")}), Result = tolower({Text("ResultType")}))
                    """
                )
            )};

            """;

    /// <summary>The principals of <see cref="AuditQuery.Acts"/>.</summary>
    public static string AskedPrincipals(IEnumerable<string> principals) =>
        $"let AskedPrincipal = datatable(Principal:string)[{string.Join(", ", principals.Distinct().Select(KqlText.Of))}];\n";

    /// <summary>The parameters of <see cref="AuditQuery.Uses"/>.</summary>
    public static string Asked(IEnumerable<SigningKey> keys, IReadOnlyCollection<string>? principals) =>
        $"""
            let AskedKey = datatable(Vault:string, Name:string)[
            {string.Join(
                ",\n",
                keys.Select(k => $"{KqlText.Of(k.VaultUri.Authority.ToLowerInvariant())}, {KqlText.Of(k.Name.ToLowerInvariant())}")
            )}];
            {AskedPrincipals(principals ?? [])}let AsksEveryone = {KqlText.Of(principals is null)};

            """;

    /// <summary>The parameters of <see cref="AuditQuery.Silences"/>.</summary>
    public static string Asked(IEnumerable<string> vaults, TimeSpan maxPause) =>
        $"""
            let AskedVault = datatable(Vault:string)[{string.Join(", ", vaults.Select(KqlText.Of))}];
            let MaxPause = {KqlText.Of(maxPause)};

            """;

    /// <summary>The parameter of <see cref="AuditQuery.Changes"/>.</summary>
    public static string Asked(string personId) => $"let AskedPerson = {KqlText.Of(personId)};\n";

    private static string Columns =>
        $"""
                | extend Claim = parse_json({Text("Identity", "identity_s")})["claim"],
                    Place = split(split(tolower({Text("Id", "id_s", "Id_s", "RequestUri", "requestUri_s", "RequestUri_s")}), "?")[0], "/")
                | project TimeGenerated = bin(todatetime(TimeGenerated), 1microsecond),
                    Operation = tolower({Text("OperationName", "OperationName_s")}),
                    Vault = tostring(Place[2]), Kind = tostring(Place[3]), Name = tostring(Place[4]), Version = tostring(Place[5]),
                    Oid = tolower(coalesce({Claims[0]}, {Text(
                "identity_claim_oid_g",
                "identity_claim_oid_s",
                "identity_claim_http_schemas_microsoft_com_identity_claims_objectidentifier_g",
                "identity_claim_http_schemas_microsoft_com_identity_claims_objectidentifier_s"
            )})),
                    AppId = tolower(coalesce({Claims[2]}, {Text("identity_claim_appid_g", "identity_claim_appid_s")})),
                    IsPerson = isnotempty(coalesce({Claims[1]}, {Text(
                "identity_claim_upn_s",
                "identity_claim_http_schemas_xmlsoap_org_ws_2005_05_identity_claims_upn_s"
            )})),
                    StatusCode = tolong(toreal({Text("HttpStatusCode", "httpStatusCode_d", "HttpStatusCode_d", "httpStatusCode_s")})),
                    CorrelationId = tolower({Text("CorrelationId", "correlationId_g", "CorrelationId_g")})
            """;

    private static string Arrived(DateTimeOffset? since) => since is { } at ? $" and ingestion_time() >= {KqlText.Of(at)}" : "";

    /// <summary>The first of these columns that the table has and that has a value.</summary>
    private static string Text(params string[] names) =>
        names.Length == 1 ? One(names[0]) : $"coalesce({string.Join(", ", names.Select(One))})";

    private static string One(string name) => $"tostring(column_ifexists(\"{name}\", \"\"))";
}
