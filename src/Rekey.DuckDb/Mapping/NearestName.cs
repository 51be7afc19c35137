namespace Rekey.DuckDb.Mapping;

/// <summary>Finds the name that a person probably meant.</summary>
internal static class NearestName
{
    /// <summary>Returns the name with the fewest typos, case aside; null if there is none.</summary>
    public static string? Of(string name, IEnumerable<string> known) => known.MinBy(k => (Distance(name, k), k.Length));

    /// <summary>Returns <c>; did you mean 'x'?</c>, or a full stop without a name.</summary>
    public static string Hint(string name, IEnumerable<string> known) =>
        Of(name, known) is { } nearest ? $"; did you mean '{nearest}'?" : ".";

    /// <summary>Levenshtein distance: letters inserted, deleted or replaced.</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var replaced = diagonal + (char.ToUpperInvariant(one[i - 1]) == char.ToUpperInvariant(other[j - 1]) ? 0 : 1);
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, replaced));
            }
        }

        return row[^1];
    }
}
