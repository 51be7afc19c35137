using System.Text.Json.Serialization;
using Rekey.Rotations;
using Rekey.Trust;

namespace Rekey.Functions.Rotations;

/// <summary>The progress of a rotation.</summary>
/// <param name="NewVersion">The version that takes over.</param>
/// <param name="SigningStoppedAt">When the old versions lost the right to sign.</param>
/// <param name="TrustEndedAt">When the old versions left the trust list.</param>
/// <param name="VerifiedAt">When every step was read back.</param>
/// <param name="WorthlessAt">When the last cached copy of the old versions expires at verifiers.</param>
/// <param name="StuckReason">Why it cannot continue by itself; null while it can.</param>
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
