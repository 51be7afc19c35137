using Rekey.Blocking;
using Rekey.Detections;
using Rekey.Functions.Wire;
using Rekey.Trust;

namespace Rekey.Functions.Blocking;

/// <summary>The values by which a sought token is known to the blocklist and to campaigns. The token itself is not kept.</summary>
/// <param name="Issuer">The exact <c>iss</c>; null when only the hash is known.</param>
/// <param name="SigningInputSha256">Null when only <c>iss</c> and <c>jti</c> are known.</param>
internal sealed record SoughtToken(
    string? Issuer,
    string? Jti,
    string? Subject,
    string? Kid,
    DateTimeOffset? IssuedAt,
    string? SigningInputSha256
)
{
    /// <exception cref="BadInputException">The request does not name a token in one way.</exception>
    public static SoughtToken Of(FindTokenRequest request, GovernedKeys governedKeys) =>
        request switch
        {
            { Iss: { } iss, Jti: { } jti, Hash: null, Token: null } => new(
                governedKeys.Issuers.FirstOrDefault(i => i.Name == Name(iss, "iss"))?.Issuer ?? iss,
                Name(jti, "jti"),
                Subject: null,
                Kid: null,
                IssuedAt: null,
                SigningInputSha256: null
            ),
            { Iss: null, Jti: null, Hash: { } hash, Token: null } => hash.Length == 64 && hash.All(char.IsAsciiHexDigitLower)
                ? new(Issuer: null, Jti: null, Subject: null, Kid: null, IssuedAt: null, hash)
                : throw new BadInputException(
                    "bad-hash",
                    "'hash' must be the SHA-256 of the token's signing input, as 64 lower-case hex digits."
                ),
            { Iss: null, Jti: null, Hash: null, Token: { } token } => ClaimedToken.Read(token) is { } read
                ? new(read.Issuer, read.Jti, read.Subject, read.Kid, read.IssuedAt, read.SigningInputSha256)
                : throw new BadInputException(
                    "bad-token",
                    $"'token' must be a JWT with an iss, in compact form and of at most {TokenJudge.MaxTokenLength} characters: "
                        + "header, payload and signature in base64url, with a dot between them."
                ),
            _ => throw new BadInputException(
                "not-one-way",
                "Name the token in one way: with 'iss' and 'jti', with 'hash', or with 'token', and without the others."
            ),
        };

    /// <summary>Whether this is the token that a gateway has seen. The hash decides where both are known.</summary>
    public bool Is(PresentedToken seen) =>
        SigningInputSha256 is not null && seen.SigningInputSha256 is not null
            ? string.Equals(seen.SigningInputSha256, SigningInputSha256, StringComparison.Ordinal)
            : Issuer is not null
                && Jti is not null
                && string.Equals(seen.Iss, Issuer, StringComparison.Ordinal)
                && string.Equals(seen.Jti, Jti, StringComparison.Ordinal);

    /// <summary>What the blocklist knows a token of this issuer by.</summary>
    public TokenFacts FactsOf(string issuer) => new(issuer, Jti, Subject, Kid, IssuedAt, SigningInputSha256);

    private static string Name(string value, string member) =>
        value.Length is > 0 and <= TokenJudge.MaxNameLength
            ? value
            : throw new BadInputException("bad-name", $"'{member}' must have 1 to {TokenJudge.MaxNameLength} characters.");
}
