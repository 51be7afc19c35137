using System.Text.Json.Nodes;

namespace Rekey.Local.KeyVault.Server;

/// <summary>An answer other than an error.</summary>
internal sealed record VaultResponse(int Status, JsonObject? Body)
{
    public static VaultResponse Ok(JsonObject body) => new(200, body);
}
