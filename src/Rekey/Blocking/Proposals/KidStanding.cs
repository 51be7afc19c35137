namespace Rekey.Blocking.Proposals;

/// <summary>The state of a kid.</summary>
/// <param name="Revoked">It is revoked: no gateway accepts a token under it.</param>
/// <param name="TrustedUntil">When its trust ends; null while unknown.</param>
/// <param name="Listed">How many entries under it count now.</param>
public sealed record KidStanding(bool Revoked, DateTimeOffset? TrustedUntil, int Listed);
