namespace Rekey.Blocking.Proposals;

/// <summary>A token that a sweep found, with the facts for blocking it.</summary>
/// <param name="Reason">The verdict's code.</param>
/// <param name="LastAccess">When a gateway last accepted it.</param>
public sealed record BlockCandidate(
    string Issuer,
    string? Jti,
    string? Kid,
    string? SigningInputSha256,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset LastAccess,
    string Reason,
    string FindingId
);
