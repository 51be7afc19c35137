namespace Rekey.Blocking;

/// <summary>What identifies a token to the blocklist.</summary>
/// <param name="Issuer">The exact <c>iss</c>.</param>
/// <param name="IssuedAt"><c>iat</c>; a token without one is taken for an old one.</param>
/// <param name="SigningInputSha256">Lower-case hex; null where it is not known.</param>
public sealed record TokenFacts(
    string Issuer,
    string? Jti,
    string? Subject,
    string? Kid,
    DateTimeOffset? IssuedAt,
    string? SigningInputSha256
);
