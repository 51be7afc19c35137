namespace Rekey.Ledgers;

/// <summary>The kinds of ledger lines. A kind is never renamed: auditors' queries outlive releases.</summary>
public static class LedgerKinds
{
    public const string DepartureNoticed = "departure-noticed";
    public const string DepartureSourceAdded = "departure-source-added";
    public const string DepartureAssessed = "departure-assessed";
    public const string DepartureSettled = "departure-settled";
    public const string CutOffObserved = "cut-off-observed";
    public const string CutOffBegun = "cut-off-begun";
    public const string SessionsRevoked = "sessions-revoked";
    public const string DepartureLookedAgain = "departure-looked-again";
    public const string CutOffEnded = "cut-off-ended";
    public const string WatchBegun = "watch-begun";

    /// <summary>A watched person used a key, or got into reach of another application.</summary>
    public const string LeaverActed = "leaver-acted";
    public const string WatchEnded = "watch-ended";
    public const string PersonEnabledAgain = "person-enabled-again";
    public const string AccountsReconciled = "accounts-reconciled";
    public const string SecurityEventTaken = "security-event-taken";

    /// <summary>Rekey is about to ask Graph for a change subscription with the recorded end.</summary>
    public const string SubscriptionAsked = "subscription-asked";
    public const string SubscriptionCreated = "subscription-created";
    public const string SubscriptionRenewed = "subscription-renewed";
    public const string SubscriptionGone = "subscription-gone";

    /// <summary>Events that Event Grid could not deliver were put in the queue of events.</summary>
    public const string EventDeadLettersTaken = "event-dead-letters-taken";

    public const string RotationPlanned = "rotation-planned";
    public const string RotationAdmitted = "rotation-admitted";
    public const string RotationWidened = "rotation-widened";
    public const string RotationObserved = "rotation-observed";
    public const string RotationStuck = "rotation-stuck";
    public const string RotationVerified = "rotation-verified";
    public const string RotationDeclined = "rotation-declined";
    public const string RotationSuperseded = "rotation-superseded";
    public const string RotationCancelled = "rotation-cancelled";
    public const string VersionRequested = "version-requested";
    public const string SigningStopped = "signing-stopped";
    public const string OrphanDisabled = "orphan-disabled";

    public const string BaselineTaken = "baseline-taken";
    public const string VersionTrusted = "version-trusted";
    public const string VersionCurrent = "version-current";
    public const string IssuanceEnded = "issuance-ended";
    public const string TrustEnded = "trust-ended";
    public const string TrustPublished = "trust-published";

    public const string BlocklistChanged = "blocklist-changed";
    public const string BlocklistPublished = "blocklist-published";

    public const string BatchJudged = "batch-judged";
    public const string BatchesAgain = "batches-again";

    public const string DecisionAsked = "decision-asked";
    public const string DecisionAnswered = "decision-answered";
    public const string DecisionNeedsSecond = "decision-needs-second-answer";
    public const string DecisionExpired = "decision-expired";
    public const string DecisionWithdrawn = "decision-withdrawn";
    public const string DecisionCarriedOut = "decision-carried-out";
    public const string FindingRaised = "finding-raised";
    public const string FindingUpdated = "finding-updated";
    public const string FindingAcknowledged = "finding-acknowledged";
    public const string FindingClosed = "finding-closed";

    public const string NotificationChannelOpened = "notification-channel-opened";
    public const string NotificationSent = "notification-sent";
    public const string NotificationGivenUp = "notification-given-up";

    public const string InputDeadLettered = "input-dead-lettered";
    public const string InputsCounted = "inputs-counted";

    /// <summary>A periodic run has run; recorded once an hour.</summary>
    public const string Ran = "ran";

    /// <summary>An operator stopped Rekey. An approved decision of the kind <c>start</c> ends it.</summary>
    public const string Stopped = "stopped";

    public const string GrantRemoving = "grant-removing";
    public const string GrantRemoved = "grant-removed";

    public const string LedgerAccepted = "ledger-accepted";
    public const string LedgerAcceptedForBlocklist = "ledger-accepted-for-blocklist";
    public const string LedgerCheckpointed = "ledger-checkpointed";
    public const string LedgerOpened = "ledger-opened";
    public const string SegmentClosed = "segment-closed";
    public const string SegmentOpened = "segment-opened";
}
