namespace Rekey.Blocking;

/// <summary>The facts by which the blocklist identifies a token.</summary>
/// <param name="Issuer">The exact <c>iss</c>.</param>
/// <param name="IssuedAt"><c>iat</c>; a token without one counts as old.</param>
/// <param name="SigningInputSha256">SHA-256 of the signing input, lower-case hex; null when unknown.</param>
public sealed record TokenFacts(
    string Issuer,
    string? Jti,
    string? Subject,
    string? Kid,
    DateTimeOffset? IssuedAt,
    string? SigningInputSha256
);
