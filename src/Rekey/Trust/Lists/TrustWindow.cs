namespace Rekey.Trust.Lists;

/// <summary>The times at which a version is trusted.</summary>
/// <param name="TrustedFrom">From when on verifiers may accept it.</param>
/// <param name="CurrentFrom">From when on issuers sign with it; null before that is known.</param>
/// <param name="IssuedUntil">No token may carry a later <c>iat</c>; null while it may still sign.</param>
/// <param name="TrustedUntil">No token is accepted after this; null while it may still sign.</param>
public sealed record TrustWindow(
    DateTimeOffset TrustedFrom,
    DateTimeOffset? CurrentFrom,
    DateTimeOffset? IssuedUntil,
    DateTimeOffset? TrustedUntil
);
