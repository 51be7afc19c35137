namespace Rekey.Detections.Sweeps;

/// <summary>A trust window: when a kid of an issuer was trusted.</summary>
/// <param name="IssuedUntil">No token may carry a later <c>iat</c>; null while it may still sign.</param>
/// <param name="TrustedUntil">When its trust ended or ends; null while it may still sign.</param>
public sealed record KidWindow(
    string Iss,
    string Kid,
    DateTimeOffset TrustedFrom,
    DateTimeOffset? IssuedUntil,
    DateTimeOffset? TrustedUntil
);
