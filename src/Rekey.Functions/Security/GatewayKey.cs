namespace Rekey.Functions.Security;

/// <summary>A gateway's key, known here by its hash alone.</summary>
public sealed class GatewayKey
{
    /// <summary>The gateway's name, for logs.</summary>
    public string Name { get; set; } = "";

    /// <summary>SHA-256 of the key's UTF-8 bytes, hex. The key itself must have 128 random bits at least.</summary>
    public string Sha256 { get; set; } = "";
}
