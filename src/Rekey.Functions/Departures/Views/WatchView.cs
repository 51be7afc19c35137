using Rekey.Departures.Watching;

namespace Rekey.Functions.Departures.Views;

/// <summary>The watch over a person who has left.</summary>
/// <param name="BegunAt">When it began.</param>
/// <param name="Reach">Ids of the applications and service principals that the person can act as.</param>
/// <param name="UsedKeys">Ids of the governed keys that the person used or took after their account was closed.</param>
/// <param name="EndedAt">When it ended; null while it goes on.</param>
/// <param name="Because"><c>nothing-in-reach</c>, <c>decided</c> or <c>left-again</c>; null while it goes on.</param>
/// <param name="Decision">The decision that ended it; null when none did.</param>
public sealed record WatchView(
    DateTimeOffset BegunAt,
    IReadOnlyList<string> Reach,
    IReadOnlyList<string> UsedKeys,
    DateTimeOffset? EndedAt,
    string? Because,
    string? Decision
)
{
    public static WatchView? Of(DepartureWatch? watch) =>
        watch is null
            ? null
            : new(
                watch.BegunAt,
                [.. watch.Reach.Select(r => r.Id)],
                [.. watch.Keys.Select(k => k.KeyId)],
                watch.EndedAt,
                watch.EndedBecause,
                watch.DecisionId
            );
}
