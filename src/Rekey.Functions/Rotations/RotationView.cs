using System.Text.Json.Serialization;
using Rekey.Rotations;
using Rekey.Trust;

namespace Rekey.Functions.Rotations;

/// <summary>The progress of a rotation.</summary>
/// <param name="Rotation">Its id: the key and the number of its rotation.</param>
/// <param name="OldVersions">The versions that it ended, or is about to end.</param>
/// <param name="NewVersion">The version that takes over.</param>
/// <param name="SigningStoppedAt">When the old versions lost the right to sign.</param>
/// <param name="TrustEndedAt">When the old versions left the trust list.</param>
/// <param name="VerifiedAt">When every step was read back.</param>
/// <param name="WorthlessAt">When the last cached copy of the old versions expires at verifiers.</param>
/// <param name="StuckReason">Why it cannot continue by itself; null while it can.</param>
public sealed record RotationView(
    string Rotation,
    [property: JsonConverter(typeof(JsonStringEnumConverter<RotationState>))] RotationState State,
    DateTimeOffset? StartedAt,
    IReadOnlyList<string> OldVersions,
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
            r.Id,
            r.State,
            r.StartedAt,
            [.. r.OldVersions.Select(v => v.Version)],
            r.NewVersion,
            r.VersionCreatedAt,
            r.SigningStoppedAt,
            r.TrustEndedAt,
            r.VerifiedAt,
            r.WorthlessAt ?? RotationPolicy.WorthlessAt(r, trust),
            r.StuckReason
        );
}
