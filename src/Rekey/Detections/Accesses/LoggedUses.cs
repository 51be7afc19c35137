namespace Rekey.Detections.Accesses;

/// <summary>The gateways that accepted a token, by their logs.</summary>
/// <param name="Gateways">Those with the most accesses first.</param>
/// <param name="IsWhole">False if a part of the log was not read: another gateway may have accepted it too.</param>
public sealed record LoggedUses(IReadOnlyList<GatewayUse> Gateways, bool IsWhole = true);
