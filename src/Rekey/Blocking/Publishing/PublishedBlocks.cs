namespace Rekey.Blocking.Publishing;

/// <summary>The blocklist for gateways, signed with Rekey's document key.</summary>
/// <param name="ValidUntil">A verifier refuses the list from then on.</param>
public sealed record PublishedBlocks(string Environment, DateTimeOffset MadeAt, DateTimeOffset ValidUntil, Blocklist List);
