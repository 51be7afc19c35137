namespace Rekey.AspNetCore;

/// <summary>What a gateway decides by, and whether it is up to date.</summary>
/// <param name="Closed">Why every token is refused; null when tokens are judged.</param>
/// <param name="TrustListSequence">The number of the trust list; null without one.</param>
/// <param name="BlocklistNumber">The number of the blocklist; null without one.</param>
/// <param name="ValidUntil">When the first of the two lists ends; null without lists.</param>
/// <param name="PulledAt">When both lists were last found to be current; null when they never were since the start.</param>
/// <param name="Failure">What went wrong at the last pull; null when nothing did.</param>
public sealed record GatewayStanding(
    string? Closed,
    long? TrustListSequence,
    long? BlocklistNumber,
    DateTimeOffset? ValidUntil,
    DateTimeOffset? PulledAt,
    string? Failure
);
