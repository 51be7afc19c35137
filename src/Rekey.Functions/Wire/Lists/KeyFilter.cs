using Rekey.Trust;

namespace Rekey.Functions.Wire.Lists;

/// <summary>Compares a key with what a caller wrote to name it.</summary>
internal static class KeyFilter
{
    /// <summary>Whether the text is the key's id, its id in an address, or its name.</summary>
    public static bool Names(SigningKey key, string text) =>
        string.Equals(key.Id, text, StringComparison.OrdinalIgnoreCase)
        || string.Equals(key.Row, text, StringComparison.OrdinalIgnoreCase)
        || string.Equals(key.Name, text, StringComparison.OrdinalIgnoreCase);
}
