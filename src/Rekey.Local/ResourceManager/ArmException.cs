using System.Text.Json.Nodes;

namespace Rekey.Local.ResourceManager;

/// <summary>A refusal, as Azure Resource Manager words it.</summary>
internal sealed class ArmException(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether Resource Manager itself refused, before the provider was asked.</summary>
    public bool IsGateways { get; private init; }

    public static ArmException NotFound(string path)
    {
        var parts = path.Split('/');
        var (group, provider) = (
            Array.FindIndex(parts, p => p.Equals("resourceGroups", StringComparison.OrdinalIgnoreCase)),
            Array.LastIndexOf(parts, "providers")
        );
        var what = provider < 0 ? path : string.Join('/', parts[(provider + 1)..]);
        return new(
            404,
            "ResourceNotFound",
            $"The Resource '{what}' under resource group '{(group < 0 || group + 1 == parts.Length ? ""
                : parts[group + 1])}' was not found. "
                + "For more details please go to https://aka.ms/ARMResourceNotFoundFix"
        )
        {
            IsGateways = true,
        };
    }

    public static ArmException Forbidden(string objectId, string action, string scope) =>
        new(
            403,
            "AuthorizationFailed",
            $"The client '{objectId}' with object id '{objectId}' does not have authorization to perform action '{action}' "
                + $"over scope '{scope}' or the scope is invalid."
        );

    public static ArmException Injected(Rekey.Local.Faults.InjectedFailure failure) =>
        new(
            failure.Status,
            failure.Code
                ?? failure.Status switch
                {
                    403 => "AuthorizationFailed",
                    404 => "ResourceNotFound",
                    409 => "ScopeLocked",
                    429 => "TooManyRequests",
                    _ => "InternalServerError",
                },
            "Injected by the stand-in."
        )
        {
            RetryAfter = failure.RetryAfter,
        };

    public JsonObject ToBody() =>
        new()
        {
            ["error"] = new JsonObject { ["code"] = code, ["message"] = Message },
        };
}
