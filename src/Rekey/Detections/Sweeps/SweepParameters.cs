namespace Rekey.Detections.Sweeps;

/// <summary>The parameters of detections, in addition to the two views.</summary>
/// <param name="Windows">Trust windows of every kid that was ever trusted, including ended ones. If empty, no kid is judged.</param>
public sealed record SweepParameters(
    TimeSpan MaxTokenLifetime,
    TimeSpan ClockSkew,
    TimeSpan VerifierCacheTime,
    int MaxNetworksPerToken,
    int MaxAddressesPerToken,
    TimeSpan MinSilence,
    IReadOnlyList<KidWindow> Windows
);
