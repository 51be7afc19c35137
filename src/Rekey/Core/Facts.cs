namespace Rekey.Core;

/// <summary>Named facts, as ledger lines and findings carry them.</summary>
internal static class Facts
{
    public static Dictionary<string, string> Of(params ReadOnlySpan<(string Name, string Value)> facts)
    {
        var made = new Dictionary<string, string>(facts.Length, StringComparer.Ordinal);
        foreach (var (name, value) in facts)
        {
            made[name] = value;
        }

        return made;
    }
}
