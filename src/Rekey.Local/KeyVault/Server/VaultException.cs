using System.Text.Json.Nodes;

namespace Rekey.Local.KeyVault.Server;

/// <summary>A refusal, as the vault words it (Microsoft Learn, "Azure Key Vault REST API error codes").</summary>
internal sealed class VaultException(int status, string code, string message, string? innerCode = null) : Exception(message)
{
    public int Status { get; } = status;

    public TimeSpan? RetryAfter { get; init; }

    public string? Challenge { get; init; }

    public static VaultException BadParameter(string message) => new(400, "BadParameter", message);

    public static VaultException Forbidden(string message, string? innerCode) => new(403, "Forbidden", message, innerCode);

    public static VaultException KeyNotFound(string id) =>
        new(
            404,
            "KeyNotFound",
            $"A key with (name/id) {id} was not found in this key vault. If you recently deleted this key you may be able "
                + "to recover it using the correct recovery command."
        );

    public static VaultException Conflict(string message, string? innerCode = null) => new(409, "Conflict", message, innerCode);

    public static VaultException Injected(Rekey.Local.Faults.InjectedFailure failure) =>
        new(failure.Status, failure.Code ?? CodeOf(failure.Status), "Injected by the stand-in.", failure.InnerCode)
        {
            RetryAfter = failure.RetryAfter,
        };

    public JsonObject ToBody()
    {
        var error = new JsonObject { ["code"] = code, ["message"] = Message };
        if (innerCode is not null)
        {
            error["innererror"] = new JsonObject { ["code"] = innerCode };
        }

        return new JsonObject { ["error"] = error };
    }

    private static string CodeOf(int status) =>
        status switch
        {
            400 => "BadParameter",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "KeyNotFound",
            409 => "Conflict",
            429 => "Throttled",
            _ => "InternalServerError",
        };
}
