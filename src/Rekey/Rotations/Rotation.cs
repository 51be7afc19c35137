using System.Globalization;
using Rekey.Ledgers.Records;
using Rekey.Trust;
using Rekey.Trust.History;

namespace Rekey.Rotations;

/// <summary>
/// The move of one key from its old versions to a new one. A key has one such record: a later cause widens a running rotation, or begins
/// the next after a finished one. It is kept in the ledger; the state follows from what has been done, and is never set.
/// </summary>
/// <param name="Number">The number of the key's rotation, from 1.</param>
public sealed record Rotation(SigningKey Key, int Number) : ILeased<Rotation>
{
    public static int SchemaVersion => 1;

    /// <summary>The partition.</summary>
    public const string Live = "rotation";

    /// <summary>Causes that wait for a decision.</summary>
    public IReadOnlyList<RotationRequest> Waiting { get; init; } = [];

    /// <summary>Causes that this rotation carries out or has carried out.</summary>
    public IReadOnlyList<string> Causes { get; init; } = [];

    /// <summary>Causes of earlier rotations, and declined ones: none is admitted twice.</summary>
    public IReadOnlyList<string> PastCauses { get; init; } = [];

    /// <summary>Ids of the decisions that allowed its causes.</summary>
    public IReadOnlyList<string> DecisionIds { get; init; } = [];

    public Urgency Urgency { get; init; }

    public DateTimeOffset CoveredUntil { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Since when it is immediate; null while it is graceful.</summary>
    public DateTimeOffset? ImmediateSince { get; init; }

    /// <summary>The round. It rises when a later cause makes the new version an old one: another new version is needed.</summary>
    public int Round { get; init; } = 1;

    /// <summary>How often the vault was asked for a version, over all rounds.</summary>
    public int Attempt { get; init; }

    /// <summary>How many of these requests the vault refused or never got: they made nothing.</summary>
    public int Refused { get; init; }

    public DateTimeOffset? RequestedAt { get; init; }

    public DateTimeOffset? FirstRequestedAt { get; init; }

    public string? NewVersion { get; init; }

    public string? NewThumbprint { get; init; }

    /// <summary>When the vault made the new version, by the vault's clock, in whole seconds.</summary>
    public DateTimeOffset? VersionCreatedAt { get; init; }

    /// <summary>When the new version was first seen published; issuers begin with it no sooner than <c>AnnounceTime</c> later.</summary>
    public DateTimeOffset? AnnouncedAt { get; init; }

    /// <summary>
    /// When the list that names the new version as current was first seen published, in a graceful rotation: issuers can know it from
    /// then on.
    /// </summary>
    public DateTimeOffset? CurrentPublishedAt { get; init; }

    /// <summary>Why there is no new version, when the vault has finally refused.</summary>
    public string? NoSuccessor { get; init; }

    public DateTimeOffset? SigningStoppedAt { get; init; }

    /// <summary>Versions that the vault did not stop from signing; they are revoked nevertheless.</summary>
    public string? SigningNotStopped { get; init; }

    /// <summary>
    /// Since when trust in old versions ends, saved before the first of them is revoked; from then on the rotation cannot be cancelled.
    /// </summary>
    public DateTimeOffset? TrustEndingAt { get; init; }

    public DateTimeOffset? TrustEndedAt { get; init; }

    /// <summary>When an approver cancelled it; null when nobody did.</summary>
    public DateTimeOffset? CancelledAt { get; init; }

    /// <summary>Object id of the approver who cancelled it.</summary>
    public string? CancelledBy { get; init; }

    /// <summary>When nothing was left to do after the cancellation.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>
    /// Until when an old version may have been served at the public address after its revocation: the last look that followed one which
    /// found it there. A verifier may have fetched it then.
    /// </summary>
    public DateTimeOffset? SeenPublishedAt { get; init; }

    public DateTimeOffset? VerifiedAt { get; init; }

    /// <summary>When the slowest verifier has dropped the old versions, as reported when the rotation was verified.</summary>
    public DateTimeOffset? WorthlessAt { get; init; }

    /// <summary>The old versions with the thumbprints that are revoked.</summary>
    public IReadOnlyList<OldVersion> OldVersions { get; init; } = [];

    public string? StuckReason { get; init; }

    public string? DecisionId { get; init; }

    /// <summary>When the next step is due; null when none is. A hint.</summary>
    public DateTimeOffset? NextStepAt { get; init; }

    /// <summary>The process that holds the lease. A hint, like the end of the lease.</summary>
    public string? LeaseOwner { get; init; }

    public DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>The id of this rotation in the ledger.</summary>
    public string Id => $"{Key.Id}#{Number}";

    /// <summary>The id in the path of an address.</summary>
    public string RouteId => string.Create(CultureInfo.InvariantCulture, $"{Key.Row}~{Number}");

    public RotationState State =>
        StuckReason is not null ? RotationState.Stuck
        : CancelledAt is not null ? RotationState.Cancelled
        : VerifiedAt is not null ? RotationState.Verified
        : TrustEndedAt is not null ? RotationState.TrustEnded
        : SigningStoppedAt is not null ? RotationState.SigningStopped
        : NewVersion is not null ? RotationState.VersionCreated
        : RequestedAt is not null ? RotationState.VersionRequested
        : RotationState.Planned;

    /// <summary>Whether there is anything to do, now or later.</summary>
    public bool IsActive => Waiting.Count > 0 || IsRunning;

    /// <summary>
    /// How many versions this rotation may have made that are not on record: each request made one at most. Of more unknown versions than
    /// that, at least one was made by another principal.
    /// </summary>
    public int OrphansAtMost(TrustHistory history) =>
        Attempt - Refused - history.VersionsOf(Key.Id).Count(v => v.Basis.StartsWith($"{Id}/", StringComparison.Ordinal));

    /// <summary>Whether an admitted cause is not yet carried out.</summary>
    public bool IsRunning => Causes.Count > 0 && VerifiedAt is null && ClosedAt is null;

    /// <summary>Whether this cause is admitted, is waiting, or was dealt with.</summary>
    public bool Knows(string cause) =>
        Causes.Contains(cause, StringComparer.Ordinal)
        || PastCauses.Contains(cause, StringComparer.Ordinal)
        || Waiting.Any(w => string.Equals(w.Cause, cause, StringComparison.Ordinal));

    /// <summary>
    /// Whether a version of this round was made after this time. Vault times are whole seconds; a version that is requested after this time
    /// is made after it, also in the same second.
    /// </summary>
    /// <param name="created">When the vault made it.</param>
    public bool IsMadeAfter(DateTimeOffset time, DateTimeOffset created) => created > time || FirstRequestedAt > time;

    /// <summary>Whether this is the id of an earlier rotation of the same key.</summary>
    public bool IsEarlier(string routeId) =>
        Enumerable.Range(1, Number - 1).Any(n => string.Equals((this with { Number = n }).RouteId, routeId, StringComparison.Ordinal));

    public string Partition => Live;

    public string Row => Key.Row;

    public bool KeepsRow => IsActive || LeaseOwner is not null;

    public Rotation WithHintsOf(Rotation row) =>
        this with
        {
            NextStepAt = row.NextStepAt,
            LeaseOwner = row.LeaseOwner,
            LeaseUntil = row.LeaseUntil,
        };

    public Rotation WithLease(string? owner, DateTimeOffset? until) => this with { LeaseOwner = owner, LeaseUntil = until };

    public Rotation WithoutHints() => this with { NextStepAt = null, LeaseOwner = null, LeaseUntil = null };
}
