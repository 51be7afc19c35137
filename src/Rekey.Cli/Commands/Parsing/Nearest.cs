namespace Rekey.Cli.Commands.Parsing;

/// <summary>Finds the text that a person probably meant.</summary>
internal static class Nearest
{
    private const int LeastPrefix = 4;

    /// <summary>The candidate with the fewest typing mistakes (inserted, removed, changed or swapped letters; letters that are only
    /// missing at the end count as one); null if all have too many: more than a third of the letters.</summary>
    public static string? To(string text, IEnumerable<string> candidates) =>
        candidates
            .Select(c => (Text: c, Mistakes: IsBeginning(text, c) || IsBeginning(c, text) ? 1 : Mistakes(text, c)))
            .Where(c => c.Mistakes <= Math.Max(1, Math.Min(text.Length, c.Text.Length) / 3))
            .OrderBy(c => c.Mistakes)
            .ThenBy(c => c.Text, StringComparer.Ordinal)
            .Select(c => c.Text)
            .FirstOrDefault();

    private static bool IsBeginning(string beginning, string text) =>
        beginning.Length >= LeastPrefix && text.StartsWith(beginning, StringComparison.Ordinal);

    private static int Mistakes(string one, string other)
    {
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
