using System.Globalization;
using System.Text.Json.Nodes;

namespace Rekey.Local.KeyVault.Server;

/// <summary>One call in the vault's AuditEvent log, without digests, signatures or tokens.</summary>
/// <param name="Time">When the call arrived.</param>
/// <param name="OperationName">Such as <c>KeyRotate</c>; <c>Authentication</c> for a call refused with 401.</param>
/// <param name="KeyId">The key's id, with its version where one is concerned; null where no key is.</param>
/// <param name="CallerObjectId">The <c>oid</c> of the token; null when there was no good one.</param>
/// <param name="CallerAppId">The <c>appid</c> of the token.</param>
/// <param name="HttpStatus">The outcome. After a dropped connection: the status that the caller would have got.</param>
/// <param name="ResultSignature">The HTTP phrase, such as <c>OK</c> or <c>Forbidden</c>.</param>
/// <param name="ResultDescription">The message of the refusal, or empty.</param>
/// <param name="CorrelationId">The caller's <c>x-ms-client-request-id</c> when it is a GUID, else one of the vault's.</param>
/// <param name="RequestUri">The whole address asked for.</param>
/// <param name="ApiVersion">The api-version asked for.</param>
/// <param name="ClientInfo">The caller's user agent.</param>
/// <param name="CallerIpAddress">Where the call came from.</param>
/// <param name="Duration">From arrival to outcome.</param>
/// <param name="IsAuthorized">Whether a grant covered the call.</param>
public sealed record AuditRecord(
    DateTimeOffset Time,
    string OperationName,
    string? KeyId,
    string? CallerObjectId,
    string? CallerAppId,
    int HttpStatus,
    string ResultSignature,
    string ResultDescription,
    string CorrelationId,
    string RequestUri,
    string ApiVersion,
    string ClientInfo,
    string CallerIpAddress,
    TimeSpan Duration,
    bool IsAuthorized
)
{
    /// <summary>The record as diagnostic settings write it to storage (Microsoft Learn, "Azure Key Vault logging").</summary>
    internal JsonObject ToDiagnosticRecord(string resourceId)
    {
        var claim = new JsonObject();
        if (CallerObjectId is not null)
        {
            claim["oid"] = CallerObjectId;
            claim["appid"] = CallerAppId;
            claim["idtyp"] = "app";
        }

        return new JsonObject
        {
            ["time"] = Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture),
            ["resourceId"] = resourceId.ToUpperInvariant(),
            ["operationName"] = OperationName,
            ["operationVersion"] = ApiVersion,
            ["category"] = "AuditEvent",
            ["resultType"] = "Success", // also on refused calls: the status is the reliable outcome
            ["resultSignature"] = ResultSignature,
            ["resultDescription"] = ResultDescription,
            ["durationMs"] = ((long)Duration.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
            ["callerIpAddress"] = CallerIpAddress,
            ["correlationId"] = CorrelationId,
            ["identity"] = new JsonObject { ["claim"] = claim },
            ["properties"] = new JsonObject
            {
                ["id"] = KeyId,
                ["clientInfo"] = ClientInfo,
                ["requestUri"] = RequestUri,
                ["httpStatusCode"] = HttpStatus,
                ["isRbacAuthorized"] = IsAuthorized,
            },
        };
    }
}
