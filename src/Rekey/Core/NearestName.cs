namespace Rekey.Core;

/// <summary>Finds the name that a person probably meant, case aside.</summary>
public static class NearestName
{
    private const int LeastBeginning = 4;

    /// <summary>Returns the name with the fewest typos, and among those the one with the most equal letters; null if every name has too
    /// many.</summary>
    public static string? Of(string name, IEnumerable<string> known) =>
        known
            .Select(k => (Name: k, Typos: Typos(name, k)))
            .Where(k => k.Typos is not null)
            .OrderBy(k => k.Typos)
            .ThenBy(k => Distance(name, k.Name))
            .ThenBy(k => k.Name, StringComparer.Ordinal)
            .Select(k => k.Name)
            .FirstOrDefault();

    /// <summary>Returns <c>; did you mean 'x'?</c>, or a full stop if no name is near.</summary>
    public static string Hint(string name, IEnumerable<string> known) =>
        Of(name, known) is { } nearest ? $"; did you mean '{nearest}'?" : ".";

    /// <summary>Counts the typos between two names: letters inserted, removed, changed or swapped. A missing end counts as one.</summary>
    /// <returns>The number; null if it is more than a third of the letters: then it is another name.</returns>
    public static int? Typos(string one, string other)
    {
        var typos =
            IsBeginning(one, other) || IsBeginning(other, one) ? Math.Min(1, Math.Abs(one.Length - other.Length)) : Distance(one, other);
        return typos <= Math.Max(1, Math.Min(one.Length, other.Length) / 3) ? typos : null;
    }

    private static bool IsBeginning(string beginning, string text) =>
        beginning.Length >= LeastBeginning && text.StartsWith(beginning, StringComparison.OrdinalIgnoreCase);

    /// <summary>The optimal string alignment distance.</summary>
    private static int Distance(string one, string other)
    {
        (one, other) = (one.ToUpperInvariant(), other.ToUpperInvariant());
        var counts = new int[one.Length + 1, other.Length + 1];
        for (var i = 0; i <= one.Length; i++)
        {
            for (var j = 0; j <= other.Length; j++)
            {
                counts[i, j] =
                    i == 0 ? j
                    : j == 0 ? i
                    : Math.Min(
                        Math.Min(counts[i - 1, j], counts[i, j - 1]) + 1,
                        counts[i - 1, j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1)
                    );
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                {
                    counts[i, j] = Math.Min(counts[i, j], counts[i - 2, j - 2] + 1);
                }
            }
        }

        return counts[one.Length, other.Length];
    }
}
