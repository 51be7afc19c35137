namespace Rekey.Sweeps;

/// <summary>What the detections are told besides the two views.</summary>
/// <param name="Windows">Trust windows of every kid that was ever trusted, ended ones too; empty when nothing is known of keys: then no kid is judged.</param>
public sealed record SweepParameters(TimeSpan MaxTokenLifetime, TimeSpan ClockSkew, TimeSpan VerifierCacheTime, int MaxNetworksPerToken, int MaxAddressesPerToken,
    TimeSpan MinSilence, IReadOnlyList<KidWindow> Windows);

/// <summary>When a kid of an issuer was trusted.</summary>
/// <param name="IssuedUntil">No token may carry a later <c>iat</c>; null while it may still sign.</param>
/// <param name="TrustedUntil">When its trust ended or ends; null while it may still sign.</param>
public sealed record KidWindow(string Iss, string Kid, DateTimeOffset TrustedFrom, DateTimeOffset? IssuedUntil, DateTimeOffset? TrustedUntil);
