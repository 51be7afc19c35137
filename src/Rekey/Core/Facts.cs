namespace Rekey.Core;

/// <summary>Builds named facts for ledger lines and findings.</summary>
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
