using System.Text.Json.Serialization;
using Rekey.Functions.Departures.Views;
using Rekey.Rotations;
using Rekey.Rotations.Outcomes;
using Rekey.Trust;

namespace Rekey.Functions.Rotations;

/// <summary>The progress of a rotation.</summary>
/// <param name="Rotation">Its id, as an address takes it: the key and the number of its rotation.</param>
/// <param name="Key">Vault authority and name.</param>
/// <param name="Result"><c>rotated</c> or <c>cancelled</c>; null while it runs.</param>
/// <param name="OldVersions">The versions that it ended, or is about to end.</param>
/// <param name="NewVersion">The version that takes over.</param>
/// <param name="SigningStoppedAt">When the old versions lost the right to sign.</param>
/// <param name="TrustEndedAt">When the old versions left the trust list.</param>
/// <param name="VerifiedAt">When every step was read back.</param>
/// <param name="CancelledAt">When an approver cancelled it; null when nobody did.</param>
/// <param name="WorthlessAt">When the last cached copy of the old versions expires at verifiers.</param>
/// <param name="StuckReason">Why it cannot continue by itself; null while it can.</param>
/// <param name="Causes">The requests that it carries out; null in a departure or a key, which has others.</param>
public sealed record RotationView(
    string Rotation,
    string Key,
    [property: JsonConverter(typeof(JsonStringEnumConverter<RotationState>))] RotationState State,
    [property: JsonConverter(typeof(JsonStringEnumConverter<RotationOutcome>))] RotationOutcome? Result,
    DateTimeOffset? StartedAt,
    IReadOnlyList<string> OldVersions,
    string? NewVersion,
    DateTimeOffset? VersionCreatedAt,
    DateTimeOffset? SigningStoppedAt,
    DateTimeOffset? TrustEndedAt,
    DateTimeOffset? VerifiedAt,
    DateTimeOffset? CancelledAt,
    DateTimeOffset? WorthlessAt,
    string? StuckReason,
    IReadOnlyList<RotationCauseView>? Causes
)
{
    public static RotationView Of(Rotation r, TrustOptions trust, IEnumerable<RecordedCause>? causes = null) =>
        new(
            r.RouteId,
            r.Key.Id,
            r.State,
            ResultOf(r),
            r.StartedAt,
            [.. r.OldVersions.Select(v => v.Version)],
            r.NewVersion,
            r.VersionCreatedAt,
            r.SigningStoppedAt,
            r.TrustEndedAt,
            r.VerifiedAt,
            r.CancelledAt,
            r.WorthlessAt ?? RotationPolicy.WorthlessAt(r, trust),
            r.StuckReason,
            causes
                ?.OrderBy(c => c.Cause, StringComparer.Ordinal)
                .Select(c => new RotationCauseView(c.Cause, c.Urgency, OutcomeView.Of(c)))
                .ToList()
        );

    /// <summary>The result of a rotation; null while it runs.</summary>
    public static RotationOutcome? ResultOf(Rotation r) =>
        r.CancelledAt is not null ? RotationOutcome.Cancelled
        : r.VerifiedAt is not null ? RotationOutcome.Rotated
        : null;
}
