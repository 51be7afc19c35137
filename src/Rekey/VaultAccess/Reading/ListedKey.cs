namespace Rekey.VaultAccess.Reading;

/// <summary>A version of a key, as the control plane shows it.</summary>
/// <param name="KeyType"><c>kty</c>: with <c>-HSM</c> at its end the key is in hardware.</param>
/// <param name="Version">Null in readings that know of the newest only.</param>
public sealed record ListedKey(string Name, string KeyType, bool IsExportable, string? Version = null)
{
    public bool IsHardware => KeyType.EndsWith("-HSM", StringComparison.OrdinalIgnoreCase);
}
