namespace Rekey.Departures.SecurityEvents;

/// <summary>A security event that can never be accepted.</summary>
/// <param name="code">The error code of RFC 8935 §2.4, such as <c>authentication_failed</c>.</param>
public sealed class SecurityEventRefusedException(string code, string message) : Exception(message)
{
    public const string InvalidRequest = "invalid_request";
    public const string InvalidKey = "invalid_key";
    public const string InvalidIssuer = "invalid_issuer";
    public const string InvalidAudience = "invalid_audience";
    public const string AuthenticationFailed = "authentication_failed";

    public string Code { get; } = code;
}
