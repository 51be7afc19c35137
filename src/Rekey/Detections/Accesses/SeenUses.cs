namespace Rekey.Detections.Accesses;

/// <summary>The gateways that accepted a token, or why they are unknown.</summary>
/// <param name="Gateways">Those with the most accesses first; null when they are unknown.</param>
/// <param name="Since">Earlier accesses were not looked for; null when none were.</param>
/// <param name="At">When the logs were asked.</param>
/// <param name="UnknownBecause">Why gateways are unknown, or may be missing; null when none are.</param>
public sealed record SeenUses(IReadOnlyList<GatewayUse>? Gateways, DateTimeOffset? Since, DateTimeOffset At, string? UnknownBecause);
