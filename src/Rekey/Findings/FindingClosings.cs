namespace Rekey.Findings;

/// <summary>When a finding of each kind closes by itself. docs/reference/findings.md has this table.</summary>
/// <remarks>
/// Rekey cannot see the end of everything that it reports: a document that was altered stays a fact. Such a finding closes when it was not
/// seen for <see cref="Quiet"/>. The same problem in the next year is then reported again.
/// </remarks>
public static class FindingClosings
{
    /// <summary>After how long without being seen a finding closes whose end Rekey cannot see.</summary>
    /// <remarks>Seven days: it is still listed after a weekend and a holiday.</remarks>
    public static readonly TimeSpan Quiet = TimeSpan.FromDays(7);

    private const string NotSeen = "It was not seen for seven days.";

    private static readonly Dictionary<string, string> Ends = new(StringComparer.Ordinal)
    {
        [FindingKinds.TokensWithdrawn] = "No late issuance can change the tokens of the campaign any more.",
        [FindingKinds.TokensLost] = "Rekey has read the logs again.",
        [FindingKinds.HoldExpired] = "The tokens are no longer held, or no late issuance can change them any more.",
        [FindingKinds.TokensNotBlockable] = "All tokens can be blocked, or no late issuance can change them any more.",
        [FindingKinds.IssuanceGap] = "The gap is closed, or no token that it may explain can still be used.",
        [FindingKinds.LookUpIncomplete] = "Everything was read, or no late issuance can change the tokens any more.",
        [FindingKinds.SweepCannotRun] = "A sweep ran.",
        [FindingKinds.BlockPlanLost] = "The change was carried out.",
        [FindingKinds.InputFlood] = "No such flood happened for a day.",
        [FindingKinds.RotationStuck] = "The rotation is verified or cancelled.",
        [FindingKinds.TokensEnded] = "The rotation is verified, and no verifier can have the old versions any more.",
        [FindingKinds.NewVersionNotPublished] = "The rotation is verified or cancelled.",
        [FindingKinds.TrustListRefused] = "A good document is published again.",
        [FindingKinds.BlocklistDocumentRefused] = "A good document is published again.",
        [FindingKinds.CannotPublish] = "The list was published.",
        [FindingKinds.DecisionWaiting] = "The question was answered, has expired or was taken back.",
        [FindingKinds.ResponseObserved] = "A week is over: the digest of that week has it.",
        [FindingKinds.ObservedWeek] = "The next week has begun.",
        [FindingKinds.SubscriptionNotRenewed] = "Rekey renewed the subscription.",
        [FindingKinds.SubscriptionEnding] = "The subscription lives.",
        [FindingKinds.SubscriptionSilent] = "An event about an account arrived.",
        [FindingKinds.UserChangesDeadLettered] = "No event was dead-lettered for a day.",
        [FindingKinds.UserChangesWaiting] = "No event is waiting.",
        [FindingKinds.UserChangesNotTaken] = "The app takes events from the queue again.",
        [FindingKinds.UserChangesRefused] = "No event was refused for a day.",
        [FindingKinds.CustodyUnreadable] = "An assessment read every source of exposure of the key in full.",
        [FindingKinds.WatchIncomplete] = "The log has rows again, and all of them were read.",
        [FindingKinds.CutOffIncomplete] = "The sign-in sessions were revoked, or the person is back.",
        [FindingKinds.CannotContinue] = "It was done, or is refused for another reason.",
        [FindingKinds.MessageFailed] = "No message of the queue failed for a day.",
        [FindingKinds.MessageNotKept] = "Every failed message is kept as a dead letter.",
        [FindingKinds.LedgerUnverified] = "The ledger was verified up to its last line.",
        [FindingKinds.NotificationNotDelivered] = "The channel took a notification.",
        [FindingKinds.EventsCursorRefused] = "Rekey sent the events again and wrote the cursor again.",
        [FindingKinds.DepartureNotCarriedOut] = "It was carried out.",
        [FindingKinds.RotationNotCarriedOut] = "It was carried out.",
        [FindingKinds.DecisionNotCarriedOut] = "It was carried out.",
        [FindingKinds.RevocationNotPublished] = "A published list has the revocation.",
        [FindingKinds.RunOverdue] = "The run ran.",
        [FindingKinds.RekeyStopped] = "Rekey works again.",
        [FindingKinds.VaultGrantUndeclared] = "A sweep of the vault finds that access matches the declaration.",
        [FindingKinds.VaultGrantMissing] = "A sweep of the vault finds that access matches the declaration.",
        [FindingKinds.VaultHumanInProduction] = "A sweep of the vault finds that access matches the declaration.",
        [FindingKinds.VaultMemberLeft] = "A sweep of the vault finds that access matches the declaration.",
        [FindingKinds.VaultIdentityForeign] = "A sweep of the vault finds that access matches the declaration.",
        [FindingKinds.VaultReachIndirect] = "A sweep of the vault finds that access matches the declaration.",
        [FindingKinds.RotationNotAllowed] = "A sweep finds that Rekey can rotate the keys of the vault.",
        [FindingKinds.VaultPermissionModelFlipped] = "A sweep of the vault finds the declared permission model.",
        [FindingKinds.VaultNetworkOpened] = "A sweep of the vault finds the declared firewall.",
        [FindingKinds.VaultPurgeProtectionOff] = "A sweep of the vault finds purge protection.",
        [FindingKinds.VaultDiagnosticsGone] = "A sweep of the vault finds the declared destination.",
        [FindingKinds.VaultRetentionShortened] = "A sweep of the vault finds the declared retention.",
        [FindingKinds.VaultKeyExportable] = "A sweep of the vault finds no such key.",
        [FindingKinds.VaultKeyInSoftware] = "A sweep of the vault finds no such key.",
        [FindingKinds.VaultGone] = "A sweep finds the vault.",
        [FindingKinds.VaultAccessOverdue] = "The vault was swept.",
        [FindingKinds.VaultDeclarationStale] = "The declaration is that of the last completed deployment.",
        [FindingKinds.VaultGrantRemovalFailed] = "A sweep of the vault finds that access matches the declaration.",
        [FindingKinds.VaultAccessNotSeen] = "A sweep reads that part of the vault.",
    };

    /// <summary>When a finding of this kind closes, in a plain sentence.</summary>
    public static string Of(string kind) => Ends.GetValueOrDefault(kind, NotSeen);

    /// <summary>Whether it closes when it was not seen for <see cref="Quiet"/>. Findings about forged tokens do so, too: they close earlier
    /// when the tokens turn out to be legitimate.</summary>
    public static bool IsQuiet(string kind) => !Ends.ContainsKey(kind);
}
