using Rekey.Detections.Sweeps;

namespace Rekey.Detections.Samples;

/// <summary>One version of an issuer's signing key.</summary>
/// <param name="SignsUntil">When the issuer's first instance turns to the next one.</param>
internal sealed record SampleKey(string Kid, string Thumbprint, DateTimeOffset SignsUntil, KidWindow Window);
