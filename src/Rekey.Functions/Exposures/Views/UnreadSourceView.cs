using Rekey.Exposures;

namespace Rekey.Functions.Exposures.Views;

/// <summary>A source that could not be read.</summary>
/// <param name="Why">What happened.</param>
/// <param name="Keys">The keys that it concerns, at most 100.</param>
/// <param name="Remedy">What to do; null when it only failed for now.</param>
public sealed record UnreadSourceView(string Why, IReadOnlyList<string> Keys, string? Remedy)
{
    private const int MostShown = 100;

    public static IReadOnlyList<UnreadSourceView> Of(IEnumerable<UnreadSource> unread) =>
        [
            .. unread
                .GroupBy(u => u.Why, StringComparer.Ordinal)
                .Select(u => new UnreadSourceView(
                    u.Key,
                    [.. u.Select(k => k.KeyId).Distinct(StringComparer.Ordinal).Take(MostShown)],
                    u.First().Remedy
                )),
        ];
}
