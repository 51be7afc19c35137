using System.Text.Json.Nodes;
using Rekey.Local.Identity;
using Rekey.Local.Tls;

namespace Rekey.Local.KeyVault.Server;

/// <summary>One authenticated call, on its way through the vault.</summary>
internal sealed class VaultCall(HttpContext http, VaultOperation operation)
{
    public HttpRequest Request => http.Request;

    public VaultOperation Operation => operation;

    /// <summary>The key's name in the path; null for lists and restore.</summary>
    public string? Name { get; } = http.Request.RouteValues["name"] as string;

    /// <summary>The version in the path; null or empty means the latest.</summary>
    public string? Version { get; } = http.Request.RouteValues["version"] as string;

    public Caller? Caller { get; set; }

    public bool IsAuthorized { get; set; }

    /// <summary>The id for the audit log, once the key and version are known.</summary>
    public string? KeyId { get; set; }

    public CancellationToken Aborted => http.RequestAborted;

    /// <exception cref="VaultException">400: the body is not a JSON object.</exception>
    public async Task<JsonObject> ReadBodyAsync() =>
        await Wire.ReadObjectAsync(http.Request)
        ?? throw VaultException.BadParameter("The request body is missing or is not a JSON object.");
}
