namespace Rekey.Functions.Blocking;

/// <summary>Names a token in one of three ways: with <c>iss</c> and <c>jti</c>, with <c>hash</c>, or with <c>token</c>.</summary>
/// <param name="Iss">The exact <c>iss</c> of the token, or the name of a governed issuer.</param>
/// <param name="Jti">The <c>jti</c> of the token.</param>
/// <param name="Hash">The SHA-256 of the token's signing input, 64 lower-case hex digits.</param>
/// <param name="Token">The token itself, at most 16,384 characters. Rekey neither keeps nor logs it.</param>
internal sealed record FindTokenRequest(string? Iss = null, string? Jti = null, string? Hash = null, string? Token = null)
{
    /// <summary>Only the type: a log line must not get the token.</summary>
    public override string ToString() => nameof(FindTokenRequest);
}
