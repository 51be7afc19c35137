namespace Rekey.VaultAccess.Roles;

/// <summary>Matches the operation patterns of role definitions: case-insensitive text with <c>*</c> for any characters.</summary>
internal static class ActionPattern
{
    /// <summary>Whether a pattern matches an operation such as <c>Microsoft.KeyVault/vaults/keys/sign/action</c>.</summary>
    public static bool Matches(string pattern, string operation)
    {
        var pieces = pattern.Split('*');
        if (pieces.Length == 1)
        {
            return string.Equals(pattern, operation, StringComparison.OrdinalIgnoreCase);
        }

        if (!operation.StartsWith(pieces[0], StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        // Match each piece as early as possible, to leave room for the following ones.
        var at = pieces[0].Length;
        foreach (var piece in pieces[1..^1])
        {
            var found = operation.IndexOf(piece, at, StringComparison.OrdinalIgnoreCase);
            if (found < 0)
            {
                return false;
            }

            at = found + piece.Length;
        }

        return operation.Length - at >= pieces[^1].Length && operation.EndsWith(pieces[^1], StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether any pattern matches.</summary>
    public static bool Any(IEnumerable<string> patterns, string operation) => patterns.Any(p => Matches(p, operation));
}
