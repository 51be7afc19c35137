namespace Rekey.AspNetCore.Issuer;

/// <summary>What an issuer signs with, and how its record of the tokens stands.</summary>
/// <param name="Closed">Why no token is minted; null when tokens are minted.</param>
/// <param name="Kid">The <c>kid</c> that tokens carry now; null when none are minted.</param>
/// <param name="TrustListSequence">The number of the trust list; null without one.</param>
/// <param name="ValidUntil">When the trust list ends; null without one.</param>
/// <param name="PulledAt">When the list was last found to be current; null when it never was since the start.</param>
/// <param name="Failure">What went wrong at the last pull; null when nothing did.</param>
/// <param name="Instance">The name of this instance in the rows.</param>
/// <param name="Sequence">The number of the last row; 0 before the first.</param>
/// <param name="UnsentSince">The time of the oldest row that was not sent; null when all were sent, or none are to be sent.</param>
/// <param name="RefusedRows">The file of the rows that Azure Monitor refused for good; null when there are none.</param>
public sealed record IssuerStanding(
    string? Closed,
    string? Kid,
    long? TrustListSequence,
    DateTimeOffset? ValidUntil,
    DateTimeOffset? PulledAt,
    string? Failure,
    string Instance,
    long Sequence,
    DateTimeOffset? UnsentSince,
    string? RefusedRows
);
