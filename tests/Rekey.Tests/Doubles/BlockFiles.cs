namespace Rekey.Tests.Doubles;

/// <summary>The container with the blocklist's files, beside the ledger.</summary>
public sealed class BlockFiles
{
    public SortedDictionary<string, byte[]> Current { get; } = new(StringComparer.Ordinal);

    /// <summary>Every file that was ever written.</summary>
    public Dictionary<string, byte[]> Written { get; } = new(StringComparer.Ordinal);

    /// <summary>Documents of the list.</summary>
    public IEnumerable<string> Lists => Current.Keys.Where(n => n.StartsWith("lists/", StringComparison.Ordinal));

    /// <summary>Plans that approvers are asked about.</summary>
    public IEnumerable<string> Proposals => Current.Keys.Where(n => n.StartsWith("proposals/", StringComparison.Ordinal));

    /// <summary>Alters each file with such a name, or deletes it where the result is null.</summary>
    public void Tamper(IEnumerable<string> names, Func<string, string?> alter)
    {
        foreach (var name in names.ToList())
        {
            if (alter(System.Text.Encoding.UTF8.GetString(Current[name])) is { } altered)
            {
                Current[name] = System.Text.Encoding.UTF8.GetBytes(altered);
            }
            else
            {
                Current.Remove(name);
            }
        }
    }
}
