using Rekey.Ledgers.Records;
using Rekey.Trust;
using Rekey.Trust.History;

namespace Rekey.Rotations;

/// <summary>
/// One key's move from its old versions to a new one. There is one such record a key: a later cause widens the rotation that runs, and the
/// next one follows one that has finished. It stands in the ledger; the state follows from what has been done, and is never set.
/// </summary>
/// <param name="Number">Counts the key's rotations from 1.</param>
public sealed record Rotation(SigningKey Key, int Number) : IHinted<Rotation>
{
    public static int SchemaVersion => 1;

    /// <summary>The partition.</summary>
    public const string Live = "rotation";

    /// <summary>Causes that wait for a decision.</summary>
    public IReadOnlyList<RotationRequest> Waiting { get; init; } = [];

    /// <summary>Causes that are being carried out, or were by this rotation.</summary>
    public IReadOnlyList<string> Causes { get; init; } = [];

    /// <summary>Every cause of an earlier rotation, and every one that was declined: none is admitted twice.</summary>
    public IReadOnlyList<string> PastCauses { get; init; } = [];

    public Urgency Urgency { get; init; }

    public DateTimeOffset CoveredUntil { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Since when it is in a hurry; null while it is not.</summary>
    public DateTimeOffset? ImmediateSince { get; init; }

    /// <summary>Rises when a later cause makes the new version an old one: a further new version is needed.</summary>
    public int Round { get; init; } = 1;

    /// <summary>How often the vault was asked for a version, over all rounds.</summary>
    public int Attempt { get; init; }

    /// <summary>How many of these the vault refused, or never got: they made nothing.</summary>
    public int Refused { get; init; }

    public DateTimeOffset? RequestedAt { get; init; }

    public DateTimeOffset? FirstRequestedAt { get; init; }

    public string? NewVersion { get; init; }

    public string? NewThumbprint { get; init; }

    /// <summary>When the vault made the new version, by the vault's clock, in whole seconds.</summary>
    public DateTimeOffset? VersionCreatedAt { get; init; }

    /// <summary>When the new version was first seen published; issuers begin with it no sooner than <c>AnnounceTime</c> later.</summary>
    public DateTimeOffset? AnnouncedAt { get; init; }

    /// <summary>When the list that calls the new version current was first seen published, in a graceful rotation: issuers hear of it from
    /// then on.</summary>
    public DateTimeOffset? CurrentPublishedAt { get; init; }

    /// <summary>Why there is no new version, when the vault has refused for good.</summary>
    public string? NoSuccessor { get; init; }

    public DateTimeOffset? SigningStoppedAt { get; init; }

    /// <summary>Versions that the vault would not stop from signing; their trust ends all the same.</summary>
    public string? SigningNotStopped { get; init; }

    public DateTimeOffset? TrustEndedAt { get; init; }

    /// <summary>
    /// Until when an old version may have been served at the public address although its trust had ended: the last look, once one had found
    /// it there. A verifier may have fetched it then.
    /// </summary>
    public DateTimeOffset? SeenPublishedAt { get; init; }

    public DateTimeOffset? VerifiedAt { get; init; }

    /// <summary>When the slowest verifier has forgotten the old versions, as it was said when the rotation was verified.</summary>
    public DateTimeOffset? WorthlessAt { get; init; }

    /// <summary>The old versions with the thumbprints that are barred.</summary>
    public IReadOnlyList<OldVersion> OldVersions { get; init; } = [];

    public string? StuckReason { get; init; }

    public string? DecisionId { get; init; }

    /// <summary>When the next step is due; null when nothing is. A hint.</summary>
    public DateTimeOffset? NextStepAt { get; init; }

    /// <summary>Which process holds the rotation. A hint, as is the time until which it does.</summary>
    public string? LeaseOwner { get; init; }

    public DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>Names this rotation in the ledger.</summary>
    public string Id => $"{Key.Id}#{Number}";

    public RotationState State =>
        StuckReason is not null ? RotationState.Stuck
        : VerifiedAt is not null ? RotationState.Verified
        : TrustEndedAt is not null ? RotationState.TrustEnded
        : SigningStoppedAt is not null ? RotationState.SigningStopped
        : NewVersion is not null ? RotationState.VersionCreated
        : RequestedAt is not null ? RotationState.VersionRequested
        : RotationState.Planned;

    /// <summary>Whether there is anything to do, now or later.</summary>
    public bool IsActive => Waiting.Count > 0 || IsRunning;

    /// <summary>
    /// How many versions this rotation may have made that stand on no record: each request made one at most. Of more strangers than that,
    /// at least one is nobody's orphan.
    /// </summary>
    public int OrphansAtMost(TrustHistory history) =>
        Attempt - Refused - history.VersionsOf(Key.Id).Count(v => v.Basis.StartsWith($"{Id}/", StringComparison.Ordinal));

    /// <summary>Whether an admitted cause is not yet carried out.</summary>
    public bool IsRunning => Causes.Count > 0 && VerifiedAt is null;

    /// <summary>Whether this cause has been taken up, is waiting, or was dealt with.</summary>
    public bool Knows(string cause) =>
        Causes.Contains(cause, StringComparer.Ordinal)
        || PastCauses.Contains(cause, StringComparer.Ordinal)
        || Waiting.Any(w => string.Equals(w.Cause, cause, StringComparison.Ordinal));

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

    public Rotation WithoutHints() => this with { NextStepAt = null, LeaseOwner = null, LeaseUntil = null };
}
