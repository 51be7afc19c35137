using System.Text.Json.Serialization;
using Rekey.Rotations;
using Rekey.Trust;

namespace Rekey.Functions.Rotations;

/// <summary>How a rotation is coming along.</summary>
/// <param name="NewVersion">The version that takes over.</param>
/// <param name="SigningStoppedAt">When the old versions could no longer sign.</param>
/// <param name="TrustEndedAt">When the old versions left the trust list.</param>
/// <param name="VerifiedAt">When all of it was read back.</param>
/// <param name="WorthlessAt">When the slowest verifier has forgotten the old versions.</param>
/// <param name="StuckReason">Why it cannot go on by itself; null while it can.</param>
public sealed record RotationView(
    [property: JsonConverter(typeof(JsonStringEnumConverter<RotationState>))] RotationState State,
    string? NewVersion,
    DateTimeOffset? VersionCreatedAt,
    DateTimeOffset? SigningStoppedAt,
    DateTimeOffset? TrustEndedAt,
    DateTimeOffset? VerifiedAt,
    DateTimeOffset? WorthlessAt,
    string? StuckReason
)
{
    public static RotationView Of(Rotation r, TrustOptions trust) =>
        new(
            r.State,
            r.NewVersion,
            r.VersionCreatedAt,
            r.SigningStoppedAt,
            r.TrustEndedAt,
            r.VerifiedAt,
            RotationPolicy.WorthlessAt(r, trust),
            r.StuckReason
        );
}
