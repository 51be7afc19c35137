namespace Rekey.Findings;

/// <summary>The kinds of findings, but for those of the verdicts, which <c>Verdicts</c> lists. docs/reference/findings.md is generated from
/// these comments. <see cref="FindingClosings"/> says when each closes.</summary>
public static class FindingKinds
{
    /// <summary>
    /// Many tokens of a campaign turned out to be honest, because their issuances arrived late: the logs are slower than
    /// <c>Sweeps:SettleTime</c>.
    /// </summary>
    public const string TokensWithdrawn = "tokens-withdrawn";

    /// <summary>
    /// Rows with the tokens of a campaign were deleted, altered or planted: check who can write there. Rekey judges the lost tokens again
    /// from the logs.
    /// </summary>
    public const string TokensLost = "tokens-lost";

    /// <summary>
    /// Tokens were held back for longer than <c>Sweeps:HoldDeadline</c>, because a gap in the issuer's log may hide their issuance: they
    /// now count as unissued.
    /// </summary>
    public const string HoldExpired = "hold-expired";

    /// <summary>
    /// Rekey cannot block some tokens that it should: the logs have no hash of their signing input, and their <c>jti</c> is missing or
    /// longer than an entry of the blocklist can name. Only the rotation of their key stops them.
    /// </summary>
    public const string TokensNotBlockable = "tokens-not-blockable";

    /// <summary>
    /// An instance of an issuer has a gap in its sequence numbers or is silent, an issuer logs nothing, a file of issuances cannot be read
    /// in full, or the query for gaps did not finish: Rekey holds back the tokens that the gap may explain.
    /// </summary>
    public const string IssuanceGap = "issuance-gap";

    /// <summary>
    /// Rekey could not read everything in which the tokens' issuance may be logged: it blocks them only after a decision.
    /// </summary>
    public const string LookUpIncomplete = "look-up-incomplete";

    /// <summary>Lines of the logs cannot be read, so Rekey does not judge them.</summary>
    public const string LogLinesUnreadable = "log-lines-unreadable";

    /// <summary>Rekey cannot sweep the logs until a person acts: it finds no forged tokens until then.</summary>
    public const string SweepCannotRun = "sweep-cannot-run";

    /// <summary>
    /// A change of the blocklist was approved, and the file with the approved change is gone or altered: nothing was changed.
    /// </summary>
    public const string BlockPlanLost = "block-plan-lost";

    /// <summary>A function gets many inputs that it refuses: the first are kept, the others are counted.</summary>
    public const string InputFlood = "input-flood";

    /// <summary>A rotation is stuck, with the reason; critical while an immediate rotation has not revoked the old versions.</summary>
    public const string RotationStuck = "rotation-stuck";

    /// <summary>
    /// A rotation ended trust in versions whose tokens had not expired: everybody who signed in with them must sign in again.
    /// </summary>
    public const string TokensEnded = "tokens-ended";

    /// <summary>Rekey only observes: what it would have rotated for a departure or a campaign of forged tokens.</summary>
    public const string ResponseObserved = "response-observed";

    /// <summary>Rekey only observes: the leavers and keys of the last week, and what it would have rotated.</summary>
    public const string ObservedWeek = "observed-week";

    /// <summary>
    /// Rekey made a new version and cannot publish it: the old ones end without a successor only after a yes to that decision, or if the
    /// issuer has another key.
    /// </summary>
    public const string NewVersionNotPublished = "new-version-not-published";

    /// <summary>A key has a version that Rekey did not make; it is not trusted.</summary>
    public const string UnknownVersion = "unknown-version";

    /// <summary>The vault no longer has a trusted version; it stays published until its tokens have expired.</summary>
    public const string TrustedVersionGone = "trusted-version-gone";

    /// <summary>A revoked version was enabled again; it stays untrusted.</summary>
    public const string EndedVersionSigns = "ended-version-signs";

    /// <summary>The vault holds another key under a known version: Rekey does not publish it.</summary>
    public const string ThumbprintMismatch = "thumbprint-mismatch";

    /// <summary>The key belongs to a certificate: Rekey cannot rotate it.</summary>
    public const string KeyManagedByCertificate = "key-managed-by-certificate";

    /// <summary>
    /// A version in a vault is a copy of another governed key, imported there: it is not trusted, and not revoked with the rest.
    /// </summary>
    public const string KeyImportedFromAnother = "key-imported-from-another";

    /// <summary>An issuer's key set, in storage or at its public address, holds a key that Rekey never trusted for it.</summary>
    public const string ForeignKeyPublished = "foreign-key-published";

    /// <summary>
    /// The published trust list lacks Rekey's signature, is older than one published before, has expired or is gone; Rekey serves its
    /// ledger's list from memory.
    /// </summary>
    public const string TrustListRefused = "trust-list-refused";

    /// <summary>
    /// The published blocklist lacks Rekey's signature, is older than one published before, has expired or is gone; Rekey serves its
    /// ledger's list from memory.
    /// </summary>
    public const string BlocklistDocumentRefused = "blocklist-document-refused";

    /// <summary>The document of the blocklist differs from the ledger.</summary>
    public const string BlocklistAltered = "blocklist-altered";

    /// <summary>A published list was not written by Rekey; Rekey replaced it.</summary>
    public const string DocumentAltered = "document-altered";

    /// <summary>
    /// Rekey cannot write a list, for example under a lease that is taken again and again; the app still refuses what was revoked.
    /// </summary>
    public const string CannotPublish = "cannot-publish";

    /// <summary>
    /// A row in the table of decisions claims a question or an answer that the ledger does not have: Rekey ignored it. Check who can
    /// write there.
    /// </summary>
    public const string AnswerNotOnRecord = "answer-not-on-record";

    /// <summary>
    /// A question waits for an answer, with its deadline and what happens without an answer. People are reminded at half the time and 30
    /// minutes before the deadline. When more than 20 questions of one kind wait, the others have one finding together.
    /// </summary>
    public const string DecisionWaiting = "decision-waiting";

    /// <summary>A decision was answered, and this app has no handler for its kind: nothing was done.</summary>
    public const string DecisionKindUnknown = "decision-kind-unknown";

    /// <summary>Graph asked to authorize its subscription again, and Rekey could not: Graph stops sending changes of accounts.</summary>
    public const string SubscriptionNeedsReauthorization = "subscription-needs-reauthorization";

    /// <summary>Rekey cannot create or renew the Graph subscription, with the reason.</summary>
    public const string SubscriptionNotRenewed = "subscription-not-renewed";

    /// <summary>
    /// The Graph subscription ends within <c>Departures:Feed:CriticalWhenLeft</c>, or there is none: Rekey notices no departures by
    /// events. The watchdog finds this in the ledger alone.
    /// </summary>
    public const string SubscriptionEnding = "subscription-ending";

    /// <summary>The Graph subscription was deleted or had ended, and Rekey creates another one: the changes between were not
    /// delivered.</summary>
    public const string SubscriptionGone = "subscription-gone";

    /// <summary>The Graph subscription lives, and no event arrives. The watchdog finds this in the ledger alone.</summary>
    public const string SubscriptionSilent = "subscription-silent";

    /// <summary>Event Grid could not deliver events about accounts for a day; Rekey has taken them up from the dead letters of Event
    /// Grid.</summary>
    public const string UserChangesDeadLettered = "user-changes-dead-lettered";

    /// <summary>Rekey has failed to handle events about accounts for more than an hour.</summary>
    public const string UserChangesWaiting = "user-changes-waiting";

    /// <summary>An event about an account could not be handled within seven days and is a dead letter.</summary>
    public const string UserChangeGivenUp = "user-change-given-up";

    /// <summary>Events about accounts stay in their queue and the app does not take them: Rekey notices no departures.</summary>
    public const string UserChangesNotTaken = "user-changes-not-taken";

    /// <summary>Rekey refuses events about accounts: of another tenant, with a wrong client state, or malformed.</summary>
    public const string UserChangesRefused = "user-changes-refused";

    /// <summary>
    /// Departures were found without their events, by comparing the accounts of the directory: the channel of events may be broken.
    /// </summary>
    public const string DepartureMissed = "departure-missed";

    /// <summary>
    /// The file with the accounts that were closed is lost: Rekey cannot see which were closed since the last comparison.
    /// </summary>
    public const string AccountsFileLost = "accounts-file-lost";

    /// <summary>Rekey cannot read everything that shows who exposes a key, such as its tag, the access to its vault, the audit log or the
    /// custody record; it went on with the rest.</summary>
    public const string CustodyUnreadable = "custody-unreadable";

    /// <summary>
    /// A person who has left used a key after their account was closed, with the uses, and whether their access tokens had expired: Rekey
    /// rotates the key again.
    /// </summary>
    public const string LeaverUsedKey = "leaver-used-key";

    /// <summary>A person who has left signed in after their account was closed, with the resource, and whether their access tokens had
    /// expired.</summary>
    public const string LeaverSignedIn = "leaver-signed-in";

    /// <summary>A person who has left, or an application that they can act as, added a credential after their account was closed.</summary>
    public const string LeaverAddedCredential = "leaver-added-credential";

    /// <summary>
    /// An application that a person who has left can act as is in use: they owned it, or added a credential to it. Its honest use looks the
    /// same, so Rekey asks to replace the credential and rotates nothing.
    /// </summary>
    public const string LeaverReachUsed = "leaver-reach-used";

    /// <summary>Rekey does not see everything that people who have left do: a log has no rows, is refused or is damaged.</summary>
    public const string WatchIncomplete = "watch-incomplete";

    /// <summary>
    /// Rekey could not cut off a person who has left: it could not revoke their sign-in sessions, with the reason and the command to run.
    /// Their keys are rotated all the same.
    /// </summary>
    public const string CutOffIncomplete = "cut-off-incomplete";

    /// <summary>A vault, a row or a document refuses what a function needs, and only people can change that; the rest went on.</summary>
    public const string CannotContinue = "cannot-continue";

    /// <summary>A message failed at every try and is a dead letter, with how to retry it.</summary>
    public const string MessageFailed = "message-failed";

    /// <summary>A message that failed at every try cannot be kept as a dead letter, with the reason.</summary>
    public const string MessageNotKept = "message-not-kept";

    /// <summary>
    /// The ledger's chain or a checkpoint is broken, or a signed list has what the ledger lacks; Rekey then publishes nothing.
    /// </summary>
    public const string LedgerBroken = "ledger-broken";

    /// <summary>The ledger could not be verified for three hours.</summary>
    public const string LedgerUnverified = "ledger-unverified";

    /// <summary>No identity signs checkpoints: the owner of the ledger's storage could rewrite it.</summary>
    public const string LedgerWithoutCheckpoints = "ledger-without-checkpoints";

    /// <summary>The cursor of sent events does not fit the ledger: Rekey sends the events again.</summary>
    public const string EventsCursorRefused = "events-cursor-refused";

    /// <summary>A channel does not take notifications, with the reason: the people who read it do not learn of incidents.</summary>
    public const string NotificationNotDelivered = "notification-not-delivered";

    /// <summary>A confirmed departure was not carried out. The watchdog finds this in the ledger alone.</summary>
    public const string DepartureNotCarriedOut = "departure-not-carried-out";

    /// <summary>A key should have been rotated by now. The watchdog finds this in the ledger alone.</summary>
    public const string RotationNotCarriedOut = "rotation-not-carried-out";

    /// <summary>
    /// The time to answer a question ended, and the default outcome was not carried out. The watchdog finds this in the ledger alone.
    /// </summary>
    public const string DecisionNotCarriedOut = "decision-not-carried-out";

    /// <summary>The ledger has revocations that no published list has. The watchdog finds this in the ledger alone.</summary>
    public const string RevocationNotPublished = "revocation-not-published";

    /// <summary>A periodic run is overdue. The watchdog finds this in the ledger alone.</summary>
    public const string RunOverdue = "run-overdue";

    /// <summary>Rekey is stopped, by an operator or by the setting <c>Rekey:Stopped</c>. It closes when Rekey works again.</summary>
    public const string RekeyStopped = "rekey-stopped";

    /// <summary>A grant that is not declared, or gives more than was declared, such as a custom role with added permissions.</summary>
    public const string VaultGrantUndeclared = "vault-grant-undeclared";

    /// <summary>A declared grant that is missing or incomplete.</summary>
    public const string VaultGrantMissing = "vault-grant-missing";

    /// <summary>
    /// A person, or a principal of unknown kind, has access to a production vault, on any path; declared eligible roles and their
    /// activations are no finding.
    /// </summary>
    public const string VaultHumanInProduction = "vault-human-in-production";

    /// <summary>
    /// A person who has left and is cut off can still reach a vault as a member of a group: an operator must remove them from it.
    /// </summary>
    public const string VaultMemberLeft = "vault-member-left";

    /// <summary>An identity of another environment has access to the vault.</summary>
    public const string VaultIdentityForeign = "vault-identity-foreign";

    /// <summary>
    /// An attack path: a principal without a grant can act as one that has it, by contributor on the compute, assignment of the identity,
    /// federated credential, or ownership of a group or application. A group is one finding for each right or ownership, with the number
    /// of its members and some of them; the finding stays the same when members come or go.
    /// </summary>
    public const string VaultReachIndirect = "vault-reach-indirect";

    /// <summary>
    /// Rekey cannot rotate the keys of a vault. Its identity lacks the right to read, rotate or update keys (under access policies
    /// <c>get</c>, <c>list</c>, <c>rotate</c>, <c>update</c>; it is not known whether the permission <c>all</c> includes <c>rotate</c>,
    /// so name both). Or the vault's firewall does not let it through. Or a vault with governed keys is not declared with its
    /// <c>rotator</c>, so that Rekey cannot check.
    /// </summary>
    public const string RotationNotAllowed = "rotation-not-allowed";

    /// <summary>The vault's permission model is not the declared one: no declared grant is in force.</summary>
    public const string VaultPermissionModelFlipped = "vault-permission-model-flipped";

    /// <summary>The vault's firewall lets in what is not declared.</summary>
    public const string VaultNetworkOpened = "vault-network-opened";

    /// <summary>The vault has no purge protection: a principal that deletes a key can make it unrecoverable.</summary>
    public const string VaultPurgeProtectionOff = "vault-purge-protection-off";

    /// <summary>The vault's audit log does not go to the declared destination.</summary>
    public const string VaultDiagnosticsGone = "vault-diagnostics-gone";

    /// <summary>The retention of deleted keys or audit logs is shorter than declared.</summary>
    public const string VaultRetentionShortened = "vault-retention-shortened";

    /// <summary>A key can be exported.</summary>
    public const string VaultKeyExportable = "vault-key-exportable";

    /// <summary>A key is kept in software, and the declaration requires hardware.</summary>
    public const string VaultKeyInSoftware = "vault-key-in-software";

    /// <summary>A declared vault does not exist.</summary>
    public const string VaultGone = "vault-gone";

    /// <summary>A vault has not been checked for too long.</summary>
    public const string VaultAccessOverdue = "vault-access-overdue";

    /// <summary>The declaration is not that of the last completed deployment, so Rekey removes nothing.</summary>
    public const string VaultDeclarationStale = "vault-declaration-stale";

    /// <summary>Rekey could not remove an undeclared grant, with the reason.</summary>
    public const string VaultGrantRemovalFailed = "vault-grant-removal-failed";

    /// <summary>Rekey could not read a part of a vault; it makes no claim about that part and closes no finding about it.</summary>
    public const string VaultAccessNotSeen = "vault-access-not-seen";
}
