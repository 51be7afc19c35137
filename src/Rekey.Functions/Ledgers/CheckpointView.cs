namespace Rekey.Functions.Ledgers;

/// <summary>A signed checkpoint, or the signed acceptance of a ledger that lacks lines.</summary>
/// <param name="Name">The name of its file, such as <c>999999999957-42.jwt</c>.</param>
/// <param name="Document">The JWS as it is stored; empty when it is longer than one can be.</param>
public sealed record CheckpointView(string Name, string Document);
