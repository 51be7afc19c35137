namespace Rekey.Detections.Accesses;

/// <summary>The accesses with one token at one gateway.</summary>
/// <param name="Gateway">Its name in the log; empty where the log has none.</param>
/// <param name="FirstSeen">The time of the first access.</param>
/// <param name="LastSeen">The time of the last access.</param>
/// <param name="Accesses">The number of accesses.</param>
public sealed record GatewayUse(string Gateway, DateTimeOffset FirstSeen, DateTimeOffset LastSeen, long Accesses);
