using Rekey.DuckDb.Engine;
using Rekey.Exposures.Audit;
using Rekey.Trust;

namespace Rekey.DuckDb.Audit;

/// <summary>
/// Reads audit records of Key Vault and of Entra ID from JSON lines: records of a storage account or an event hub, rows of AZKVAuditLogs
/// and AzureDiagnostics, and exports with other letters or suffixes.
/// </summary>
internal static class AuditSql
{
    /// <summary>The table with a row for each record.</summary>
    public const string Records = "audit_records";

    private const string ObjectIdClaim = "http://schemas.microsoft.com/identity/claims/objectidentifier";
    private const string UpnClaim = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn";

    /// <summary>A line that is no JSON object counts as unread. An event hub packs several records into one line.</summary>
    public static string Load(IReadOnlyList<string> files) =>
        $$"""
            CREATE OR REPLACE TEMP TABLE audit_lines AS
                SELECT CASE WHEN json_valid(line) THEN line::JSON END AS Line
                FROM read_csv({{SqlText.List(
                files
            )}}, columns = {'line': 'VARCHAR'},
                    delim = '\x01', quote = '', escape = '', header = false,
                    auto_detect = false, max_line_size = 16777216, strict_mode = false)
                WHERE trim(line) != '';
            CREATE OR REPLACE TEMP TABLE {{Records}} AS
                SELECT unnest(
                    CASE WHEN json_type(Line, '$.records') = 'ARRAY' THEN json_extract(Line, '$.records[*]') ELSE [Line] END
                ) AS Record
                FROM audit_lines WHERE json_type(Line) = 'OBJECT'
            """;

    /// <summary>The number of lines that could not be read.</summary>
    public const string Unread = "SELECT count(*) FROM audit_lines WHERE Line IS NULL OR json_type(Line) != 'OBJECT'";

    /// <summary>The view <c>VaultAudit</c>.</summary>
    public static string Vaults(DateTimeOffset since) =>
        $"""
            CREATE OR REPLACE TEMP TABLE {AuditViews.VaultAuditName} AS
            SELECT TimeGenerated, Operation, coalesce(Place[3], '') AS Vault, coalesce(Place[4], '') AS Kind,
                coalesce(Place[5], '') AS Name, coalesce(Place[6], '') AS Version, Oid, AppId, IsPerson, StatusCode, CorrelationId
            FROM (
                SELECT {Time} AS TimeGenerated, {Lower("operationName", "OperationName", "OperationName_s")} AS Operation,
                    string_split(string_split({Lower(
                "properties.id",
                "Id",
                "id_s",
                "Id_s",
                "properties.requestUri",
                "RequestUri",
                "requestUri_s",
                "RequestUri_s"
            )}, '?')[1], '/') AS Place,
                    {LowerOf(
                [.. Claim("oid"), .. Claim(ObjectIdClaim)],
                "identity_claim_oid_g",
                "identity_claim_oid_s",
                "identity_claim_http_schemas_microsoft_com_identity_claims_objectidentifier_g",
                "identity_claim_http_schemas_microsoft_com_identity_claims_objectidentifier_s"
            )} AS Oid,
                    {LowerOf([.. Claim("appid")], "identity_claim_appid_g", "identity_claim_appid_s")} AS AppId,
                    {LowerOf(
                [.. Claim("upn"), .. Claim(UpnClaim)],
                "identity_claim_upn_s",
                "identity_claim_http_schemas_xmlsoap_org_ws_2005_05_identity_claims_upn_s"
            )} != '' AS IsPerson,
                    TRY_CAST(TRY_CAST(nullif({Lower(
                "properties.httpStatusCode",
                "HttpStatusCode",
                "httpStatusCode_d",
                "HttpStatusCode_d",
                "httpStatusCode_s"
            )}, '') AS DOUBLE) AS BIGINT) AS StatusCode,
                    {Lower("correlationId", "CorrelationId", "correlationId_g", "CorrelationId_g")} AS CorrelationId
                FROM {Records}
            )
            WHERE TimeGenerated >= {SqlText.Time(since)}
            """;

    /// <summary>The view <c>DirectoryAudit</c>. A federated credential is a change of the application like any other, so its operation
    /// gets the word; an application acts under the id of its service principal.</summary>
    public static string Directory(DateTimeOffset since) =>
        $"""
            CREATE OR REPLACE TEMP TABLE {AuditViews.DirectoryAuditName} AS
            SELECT * FROM (
                SELECT {Time} AS TimeGenerated,
                    {Lower("operationName", "OperationName", "ActivityDisplayName")} || CASE WHEN contains({First(
                "properties.targetResources",
                "TargetResources"
            )}, 'FederatedIdentityCredential') THEN ': federated credential' ELSE '' END AS Operation,
                    {Lower("properties.result", "Result")} AS Result,
                    {Lower(
                "properties.initiatedBy.user.id",
                "InitiatedBy.user.id",
                "properties.initiatedBy.app.servicePrincipalId",
                "InitiatedBy.app.servicePrincipalId"
            )} AS Actor,
                    {Lower("properties.targetResources[0].id", "TargetResources[0].id")} AS Target0,
                    {Lower("properties.targetResources[1].id", "TargetResources[1].id")} AS Target1,
                    lower(regexp_extract({First(
                "properties.additionalDetails",
                "AdditionalDetails"
            )}, '"AppId","value":"([0-9a-fA-F-]+)', 1)) AS AppId
                FROM {Records}
            )
            WHERE TimeGenerated >= {SqlText.Time(since)}
            """;

    /// <summary>The view <c>SignIn</c>. A record names its kind by a category, a row by its table.</summary>
    public static string SignIns(DateTimeOffset since) =>
        $"""
            CREATE OR REPLACE TEMP TABLE {AuditViews.SignInName} AS
            SELECT TimeGenerated, Log, CASE WHEN Log = '{WatchedLogs.ServicePrincipals}' THEN Principal ELSE Person END AS Oid,
                CASE WHEN Log = '{WatchedLogs.ServicePrincipals}' THEN AppId ELSE '' END AS AppId, Resource, Result
            FROM (
                SELECT {Time} AS TimeGenerated, CASE {Lower("category", "Category", "Type")}
                        WHEN 'signinlogs' THEN '{WatchedLogs.SignIns}'
                        WHEN 'noninteractiveusersigninlogs' THEN '{WatchedLogs.NonInteractive}'
                        WHEN '{WatchedLogs.NonInteractive}' THEN '{WatchedLogs.NonInteractive}'
                        WHEN 'serviceprincipalsigninlogs' THEN '{WatchedLogs.ServicePrincipals}'
                        WHEN '{WatchedLogs.ServicePrincipals}' THEN '{WatchedLogs.ServicePrincipals}' END AS Log,
                    {Lower("properties.userId", "UserId")} AS Person,
                    {Lower("properties.servicePrincipalId", "ServicePrincipalId")} AS Principal,
                    {Lower("properties.appId", "AppId")} AS AppId,
                    {Lower(
                "properties.resourceId",
                "ResourceIdentity",
                "properties.resourceDisplayName",
                "ResourceDisplayName"
            )} AS Resource,
                    {Lower("resultType", "properties.status.errorCode", "ResultType")} AS Result
                FROM {Records}
            )
            WHERE Log IS NOT NULL AND TimeGenerated >= {SqlText.Time(since)}
            """;

    /// <summary>The principals of <see cref="AuditQuery.Acts"/>.</summary>
    public static string AskedPrincipals(IEnumerable<string> principals) =>
        $"CREATE OR REPLACE TEMP TABLE AskedPrincipal AS SELECT unnest({SqlText.List(principals)}::VARCHAR[]) AS Principal";

    /// <summary>The parameters of <see cref="AuditQuery.Uses"/>.</summary>
    public static IEnumerable<string> Asked(IEnumerable<SigningKey> keys, IReadOnlyCollection<string>? principals) =>
        [
            $"CREATE OR REPLACE TEMP TABLE AskedKey AS SELECT unnest({SqlText.List(
                keys.Select(k => k.VaultUri.Authority.ToLowerInvariant())
            )}::VARCHAR[]) AS Vault, unnest({SqlText.List(keys.Select(k => k.Name.ToLowerInvariant()))}::VARCHAR[]) AS Name",
            AskedPrincipals(principals ?? []),
            $"SET VARIABLE AsksEveryone = {(principals is null ? "true" : "false")}",
        ];

    /// <summary>The parameters of <see cref="AuditQuery.Silences"/>.</summary>
    public static IEnumerable<string> Asked(IEnumerable<string> vaults, TimeSpan maxPause) =>
        [
            $"CREATE OR REPLACE TEMP TABLE AskedVault AS SELECT unnest({SqlText.List(vaults)}::VARCHAR[]) AS Vault",
            $"SET VARIABLE MaxPause = {SqlText.Interval(maxPause)}",
        ];

    /// <summary>The parameter of <see cref="AuditQuery.Changes"/>.</summary>
    public static IEnumerable<string> Asked(string personId) => [$"SET VARIABLE AskedPerson = {SqlText.Literal(personId)}"];

    private static string Time => $"TRY_CAST(nullif({First("time", "TimeGenerated")}, '') AS TIMESTAMPTZ)::TIMESTAMP";

    private static string[] Claim(string name) => [$"$.identity.claim.\"{name}\"", $"$.Identity.claim.\"{name}\""];

    private static string Lower(params string[] paths) => $"lower({First(paths)})";

    private static string LowerOf(IEnumerable<string> jsonPaths, params string[] paths) =>
        $"lower({FirstOf([.. jsonPaths, .. paths.Select(p => $"$.{p}")])})";

    private static string First(params string[] paths) => FirstOf([.. paths.Select(p => $"$.{p}")]);

    /// <summary>The first of these paths that has a value: one pass over the record for all of them.</summary>
    private static string FirstOf(IReadOnlyList<string> jsonPaths) =>
        $"coalesce(list_filter(json_extract_string(Record, {SqlText.List(jsonPaths)}), lambda x: x IS NOT NULL AND x != '')[1], '')";
}
