using Rekey.Trust.Lists;

namespace Rekey.Detections.Sweeps;

/// <summary>A version of a governed key that was trusted at some time.</summary>
/// <param name="IsEnded">Whether its thumbprint is revoked.</param>
public sealed record KnownVersion(BoundKey Key, string Kid, string Thumbprint, bool IsEnded);
