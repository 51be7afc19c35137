using System.Globalization;
using System.Text.Json.Nodes;

namespace Rekey.Local.Graph;

/// <summary>A refusal, as Graph words it.</summary>
internal sealed class GraphException(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public TimeSpan? RetryAfter { get; init; }

    public static GraphException NotFound(string id) =>
        new(
            404,
            "Request_ResourceNotFound",
            $"Resource '{id}' does not exist or one of its queried reference-property objects are not present."
        );

    public static GraphException Injected(Rekey.Local.Faults.InjectedFailure failure) =>
        new(
            failure.Status,
            failure.Code
                ?? failure.Status switch
                {
                    401 => "InvalidAuthenticationToken",
                    403 => "Authorization_RequestDenied",
                    404 => "Request_ResourceNotFound",
                    429 => "TooManyRequests",
                    503 => "ServiceUnavailable",
                    _ => "UnknownError",
                },
            "Injected by the stand-in."
        )
        {
            RetryAfter = failure.RetryAfter,
        };

    public JsonObject ToBody(DateTimeOffset now, string requestId, string clientRequestId) =>
        new()
        {
            ["error"] = new JsonObject
            {
                ["code"] = code,
                ["message"] = Message,
                ["innerError"] = new JsonObject
                {
                    ["date"] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture),
                    ["request-id"] = requestId,
                    ["client-request-id"] = clientRequestId,
                },
            },
        };
}
