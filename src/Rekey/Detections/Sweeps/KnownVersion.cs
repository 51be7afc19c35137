using Rekey.Trust.Lists;

namespace Rekey.Detections.Sweeps;

/// <summary>A version of a governed key that was trusted at some time.</summary>
/// <param name="IsEnded">Its thumbprint is barred.</param>
public sealed record KnownVersion(BoundKey Key, string Kid, string Thumbprint, bool IsEnded);
