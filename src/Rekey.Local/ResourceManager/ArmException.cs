using System.Text.Json.Nodes;

namespace Rekey.Local.ResourceManager;

/// <summary>A refusal, as Azure Resource Manager words it.</summary>
internal sealed class ArmException(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public TimeSpan? RetryAfter { get; init; }

    public static ArmException NotFound(string path) => new(404, "ResourceNotFound", $"The Resource '{path}' was not found.");

    public static ArmException Forbidden(string objectId, string action, string scope) => new(403, "AuthorizationFailed",
        $"The client '{objectId}' with object id '{objectId}' does not have authorization to perform action '{action}' over scope '{scope}' or the scope is invalid.");

    public static ArmException Injected(Faults.InjectedFailure failure) => new(failure.Status,
        failure.Code ?? failure.Status switch { 403 => "AuthorizationFailed", 404 => "ResourceNotFound", 409 => "ScopeLocked", 429 => "TooManyRequests", _ => "InternalServerError" }, "Injected by the stand-in.")
    {
        RetryAfter = failure.RetryAfter,
    };

    public JsonObject ToBody() => new() { ["error"] = new JsonObject { ["code"] = code, ["message"] = Message } };
}
