namespace Rekey.Functions.Security;

/// <summary>A gateway's key, of which Rekey knows only the hash.</summary>
public sealed class GatewayKey
{
    /// <summary>The gateway's name, for logs.</summary>
    public string Name { get; set; } = "";

    /// <summary>SHA-256 of the key's UTF-8 bytes, hex. The key must have at least 128 random bits.</summary>
    public string Sha256 { get; set; } = "";
}
