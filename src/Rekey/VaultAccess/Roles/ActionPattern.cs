namespace Rekey.VaultAccess.Roles;

/// <summary>How a role definition names operations: text without case, in which <c>*</c> stands for any characters.</summary>
internal static class ActionPattern
{
    /// <summary>Whether an operation such as <c>Microsoft.KeyVault/vaults/keys/sign/action</c> is meant.</summary>
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

        // The earliest place for each piece leaves the most room for those behind it.
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

    /// <summary>Whether any of them means it.</summary>
    public static bool Any(IEnumerable<string> patterns, string operation) => patterns.Any(p => Matches(p, operation));
}
