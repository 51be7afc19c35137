using Rekey.Detections.Accesses;

namespace Rekey.Functions.Blocking.Views;

/// <summary>The gateways that accepted a token, by their logs.</summary>
/// <param name="Gateways">Those with the most accesses first, at most 100; null when they are unknown.</param>
/// <param name="Since">Earlier accesses were not looked for; null when none were.</param>
/// <param name="At">When the logs were asked. An access is in a log some minutes after it happened.</param>
/// <param name="UnknownBecause">Why gateways are unknown, or may be missing; null when none are.</param>
public sealed record TokenSeenView(
    IReadOnlyList<GatewayUseView>? Gateways,
    DateTimeOffset? Since,
    DateTimeOffset At,
    string? UnknownBecause
)
{
    public static TokenSeenView Of(SeenUses uses) =>
        new(
            uses.Gateways?.Select(g => new GatewayUseView(g.Gateway, g.FirstSeen, g.LastSeen, g.Accesses)).ToList(),
            uses.Since,
            uses.At,
            uses.UnknownBecause
        );
}
