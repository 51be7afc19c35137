namespace Rekey.Functions.Blocking.Views;

/// <summary>The accesses with a token at a gateway.</summary>
/// <param name="Gateway">Its name in the log; empty where the log has none.</param>
/// <param name="FirstSeen">The time of the first access.</param>
/// <param name="LastSeen">The time of the last access.</param>
/// <param name="Accesses">The number of accesses.</param>
public sealed record GatewayUseView(string Gateway, DateTimeOffset FirstSeen, DateTimeOffset LastSeen, long Accesses);
