namespace Rekey.Findings;

/// <summary>Every kind of finding. What it means stands here, and docs/reference/findings.md is written from it.</summary>
public static class FindingKinds
{
    /// <summary>
    /// A gateway accepted tokens that no issuer logged: somebody else signed them. Provisional until each would have expired: when its
    /// issuance arrives late, a token is taken back and unblocked.
    /// </summary>
    public const string TokensUnissued = "tokens-unissued";

    /// <summary>A gateway accepted tokens that were issued with other content: they were changed and signed again.</summary>
    public const string TokensAltered = "tokens-altered";

    /// <summary>
    /// A gateway accepted tokens before their <c>iat</c> or after their <c>exp</c>: it does not check them, or its clock is wrong.
    /// </summary>
    public const string TokensOutOfWindow = "tokens-out-of-window";

    /// <summary>A gateway accepted tokens under a key that was not trusted then: it does not follow the trust list.</summary>
    public const string TokensRetiredKey = "tokens-retired-key";

    /// <summary>
    /// A gateway accepted issued tokens after their key's trust had ended, while verifiers may still cache. Honest, and never blocked.
    /// </summary>
    public const string TokensVerifierLag = "tokens-verifier-lag";

    /// <summary>
    /// A gateway accepted tokens without a <c>jti</c>: it cannot be known whether they were issued, and nothing can be blocked.
    /// </summary>
    public const string TokensUnidentified = "tokens-unidentified";

    /// <summary>Tokens come from more networks or addresses than one holder has: they were passed on or stolen.</summary>
    public const string TokensShared = "tokens-shared";

    /// <summary>
    /// Many tokens of a campaign turned out to be honest, because their issuances arrived late: logs are slower than
    /// <c>Sweeps:SettleTime</c>.
    /// </summary>
    public const string TokensWithdrawn = "tokens-withdrawn";

    /// <summary>
    /// Rows with the tokens of a campaign were deleted or altered, or others planted: somebody can write there. What was lost is judged
    /// again from the logs.
    /// </summary>
    public const string TokensLost = "tokens-lost";

    /// <summary>
    /// Tokens were held back because a gap in the issuer's log may hide their issuance, for longer than <c>Sweeps:HoldDeadline</c>: they
    /// count as unissued now.
    /// </summary>
    public const string HoldExpired = "hold-expired";

    /// <summary>
    /// An instance of an issuer has a hole in its sequence numbers or is silent, or nothing at all is logged of an issuer: what it may
    /// explain is held back.
    /// </summary>
    public const string IssuanceGap = "issuance-gap";

    /// <summary>Not everything was read in which the issuance of tokens may be: they are blocked only by decision.</summary>
    public const string LookUpIncomplete = "look-up-incomplete";

    /// <summary>Lines of the logs cannot be read: what they say is not judged.</summary>
    public const string LogLinesUnreadable = "log-lines-unreadable";

    /// <summary>Logs cannot be swept until somebody does something: forged tokens are not found until then.</summary>
    public const string SweepCannotRun = "sweep-cannot-run";

    /// <summary>
    /// A change of the blocklist was approved, and the row with what was approved is gone or altered: nothing was changed.
    /// </summary>
    public const string BlockPlanLost = "block-plan-lost";

    /// <summary>A function gets many inputs that go no further: the first are kept, the others are counted.</summary>
    public const string InputFlood = "input-flood";

    /// <summary>A rotation cannot go on, and why; critical while an immediate one has not ended the old trust.</summary>
    public const string RotationStuck = "rotation-stuck";

    /// <summary>
    /// A new version was made and cannot be published: the old ones end without a successor if that is answered with yes, or if the issuer
    /// has another key.
    /// </summary>
    public const string NewVersionNotPublished = "new-version-not-published";

    /// <summary>A key has a version that Rekey did not make; it is not trusted.</summary>
    public const string UnknownVersion = "unknown-version";

    /// <summary>The vault has a trusted version no more; it stays published while its tokens live.</summary>
    public const string TrustedVersionGone = "trusted-version-gone";

    /// <summary>A barred version was enabled again; it stays untrusted.</summary>
    public const string EndedVersionSigns = "ended-version-signs";

    /// <summary>Under a known version the vault holds another key: it is not published.</summary>
    public const string ThumbprintMismatch = "thumbprint-mismatch";

    /// <summary>The key belongs to a certificate, and cannot be rotated here.</summary>
    public const string KeyManagedByCertificate = "key-managed-by-certificate";

    /// <summary>
    /// A vault has a version that is another governed key, which was imported there: it is not trusted, and not revoked with the rest.
    /// </summary>
    public const string KeyImportedFromAnother = "key-imported-from-another";

    /// <summary>An issuer's key set, in storage or at its public address, holds a key that Rekey never trusted for it.</summary>
    public const string ForeignKeyPublished = "foreign-key-published";

    /// <summary>
    /// The published trust list bears no signature of Rekey's, has gone back, is past its time or is gone; the list of the ledger is served
    /// from memory.
    /// </summary>
    public const string TrustListRefused = "trust-list-refused";

    /// <summary>
    /// The published blocklist bears no signature of Rekey's, has gone back, is past its time or is gone; the list of the ledger is served
    /// from memory.
    /// </summary>
    public const string BlocklistDocumentRefused = "blocklist-document-refused";

    /// <summary>The document of the blocklist is not what the ledger says.</summary>
    public const string BlocklistAltered = "blocklist-altered";

    /// <summary>Somebody else wrote a published list; it was replaced.</summary>
    public const string DocumentAltered = "document-altered";

    /// <summary>
    /// A list cannot be written, such as under a lease that somebody takes again and again; what was revoked is refused by the app all the
    /// same.
    /// </summary>
    public const string CannotPublish = "cannot-publish";

    /// <summary>
    /// A row in the table of decisions says that something was asked or answered, and the ledger does not: nothing came of it, and somebody
    /// can write there.
    /// </summary>
    public const string AnswerNotOnRecord = "answer-not-on-record";

    /// <summary>A decision was answered, and nothing here carries out decisions of its kind: nothing was done.</summary>
    public const string DecisionKindUnknown = "decision-kind-unknown";

    /// <summary>Graph is about to stop sending changes of people: departures would no longer be noticed.</summary>
    public const string SubscriptionNeedsReauthorization = "subscription-needs-reauthorization";

    /// <summary>Events about accounts cannot be handled for more than an hour.</summary>
    public const string UserChangesWaiting = "user-changes-waiting";

    /// <summary>An event about an account could not be handled within seven days and is a dead letter.</summary>
    public const string UserChangeGivenUp = "user-change-given-up";

    /// <summary>Events about accounts lie in their queue and the app does not take them: departures are not noticed.</summary>
    public const string UserChangesNotTaken = "user-changes-not-taken";

    /// <summary>Events about accounts are refused: of another tenant, with a wrong client state, malformed.</summary>
    public const string UserChangesRefused = "user-changes-refused";

    /// <summary>Who is responsible for a key cannot be read, from its tag or its vault; the assessment of other keys went on.</summary>
    public const string CustodyUnreadable = "custody-unreadable";

    /// <summary>A vault, a row or a document refuses what a function needs, and only people can change that; the rest went on.</summary>
    public const string CannotContinue = "cannot-continue";

    /// <summary>A message failed each time it was tried and is a dead letter, with how to try it again.</summary>
    public const string MessageFailed = "message-failed";

    /// <summary>A message that failed each time cannot be kept as a dead letter, and why.</summary>
    public const string MessageNotKept = "message-not-kept";

    /// <summary>
    /// The ledger's chain or a checkpoint does not hold, or a signed list has what the ledger lacks; then nothing is published.
    /// </summary>
    public const string LedgerBroken = "ledger-broken";

    /// <summary>The ledger could not be verified for three hours.</summary>
    public const string LedgerUnverified = "ledger-unverified";

    /// <summary>Nobody signs checkpoints: whoever owns the ledger's storage could write it anew.</summary>
    public const string LedgerWithoutCheckpoints = "ledger-without-checkpoints";

    /// <summary>The row that says how far events were sent does not fit the ledger: they are sent again.</summary>
    public const string EventsCursorRefused = "events-cursor-refused";

    /// <summary>Somebody left, that is confirmed, and nothing came of it. The watchdog finds this in the ledger alone.</summary>
    public const string DepartureNotCarriedOut = "departure-not-carried-out";

    /// <summary>A key should have been rotated by now. The watchdog finds this in the ledger alone.</summary>
    public const string RotationNotCarriedOut = "rotation-not-carried-out";

    /// <summary>A question's time is over, and nothing was done about it. The watchdog finds this in the ledger alone.</summary>
    public const string DecisionNotCarriedOut = "decision-not-carried-out";

    /// <summary>The ledger has revocations that no published list has. The watchdog finds this in the ledger alone.</summary>
    public const string RevocationNotPublished = "revocation-not-published";

    /// <summary>Something that must happen again and again does not. The watchdog finds this in the ledger alone.</summary>
    public const string RunOverdue = "run-overdue";

    /// <summary>A grant that nobody declared, or that gives more than was declared, such as a custom role that has grown.</summary>
    public const string VaultGrantUndeclared = "vault-grant-undeclared";

    /// <summary>A grant that is declared and not there, or not whole.</summary>
    public const string VaultGrantMissing = "vault-grant-missing";

    /// <summary>
    /// A person, or a principal of unknown kind, reaches a production vault, by whatever way; declared eligible roles and their activations
    /// are no finding.
    /// </summary>
    public const string VaultHumanInProduction = "vault-human-in-production";

    /// <summary>An identity of another environment reaches the vault.</summary>
    public const string VaultIdentityForeign = "vault-identity-foreign";

    /// <summary>
    /// Somebody without a grant can act as somebody that has one: contributor on the compute, assignment of the identity, federated
    /// credential, ownership of a group or application. A group is one finding for each right or ownership that lets it, with how many are
    /// in it and some of them; it stays the same one when members come or go.
    /// </summary>
    public const string VaultReachIndirect = "vault-reach-indirect";

    /// <summary>
    /// Rekey itself could not rotate the keys of a vault: by what is in force its identity lacks to read, rotate or update keys (under
    /// access policies <c>get</c>, <c>list</c>, <c>rotate</c>, <c>update</c>; of the permission <c>all</c> it is not known whether it holds
    /// <c>rotate</c>, so name both), or nothing lets it through the vault's firewall; or nobody looks, because a vault with governed keys
    /// is not declared with its <c>rotator</c>.
    /// </summary>
    public const string RotationNotAllowed = "rotation-not-allowed";

    /// <summary>The vault's permission model is not the declared one: nothing that was declared is in force.</summary>
    public const string VaultPermissionModelFlipped = "vault-permission-model-flipped";

    /// <summary>The vault's firewall lets in what is not declared.</summary>
    public const string VaultNetworkOpened = "vault-network-opened";

    /// <summary>The vault has no purge protection: who deletes a key can make it unrecoverable.</summary>
    public const string VaultPurgeProtectionOff = "vault-purge-protection-off";

    /// <summary>The vault's audit log does not go where it should.</summary>
    public const string VaultDiagnosticsGone = "vault-diagnostics-gone";

    /// <summary>Deleted keys or audit logs are kept for a shorter time than declared.</summary>
    public const string VaultRetentionShortened = "vault-retention-shortened";

    /// <summary>A key can be exported.</summary>
    public const string VaultKeyExportable = "vault-key-exportable";

    /// <summary>A key is kept in software, and the declaration says hardware.</summary>
    public const string VaultKeyInSoftware = "vault-key-in-software";

    /// <summary>A declared vault is not there.</summary>
    public const string VaultGone = "vault-gone";

    /// <summary>Nobody has looked at a vault for too long.</summary>
    public const string VaultAccessOverdue = "vault-access-overdue";

    /// <summary>The declaration is not that of the last completed deployment, so nothing is removed.</summary>
    public const string VaultDeclarationStale = "vault-declaration-stale";

    /// <summary>An undeclared grant could not be removed, and why.</summary>
    public const string VaultGrantRemovalFailed = "vault-grant-removal-failed";

    /// <summary>What could not be read of a vault; nothing is said of it, and no finding about it is closed.</summary>
    public const string VaultAccessNotSeen = "vault-access-not-seen";
}
