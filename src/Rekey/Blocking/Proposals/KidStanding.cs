namespace Rekey.Blocking.Proposals;

/// <summary>How a kid stands.</summary>
/// <param name="Barred">Its trust has ended: no gateway accepts anything under it.</param>
/// <param name="TrustedUntil">When its trust ends; null while that is not known.</param>
/// <param name="Listed">How many entries under it count now.</param>
public sealed record KidStanding(bool Barred, DateTimeOffset? TrustedUntil, int Listed);
