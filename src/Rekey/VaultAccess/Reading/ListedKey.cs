namespace Rekey.VaultAccess.Reading;

/// <summary>A version of a key, as the control plane shows it.</summary>
/// <param name="KeyType"><c>kty</c>: a key in hardware ends with <c>-HSM</c>.</param>
/// <param name="Version">Null in readings with only the newest version.</param>
public sealed record ListedKey(string Name, string KeyType, bool IsExportable, string? Version = null)
{
    public bool IsHardware => KeyType.EndsWith("-HSM", StringComparison.OrdinalIgnoreCase);
}
