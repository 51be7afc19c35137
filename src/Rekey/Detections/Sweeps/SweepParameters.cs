namespace Rekey.Detections.Sweeps;

/// <summary>What the detections are told besides the two views.</summary>
/// <param name="Windows">Trust windows of every kid that was ever trusted, ended ones too; empty when nothing is known of keys: then no kid
/// is judged.</param>
public sealed record SweepParameters(
    TimeSpan MaxTokenLifetime,
    TimeSpan ClockSkew,
    TimeSpan VerifierCacheTime,
    int MaxNetworksPerToken,
    int MaxAddressesPerToken,
    TimeSpan MinSilence,
    IReadOnlyList<KidWindow> Windows
);
