namespace Rekey.Decisions;

/// <summary>The kinds of decisions.</summary>
internal static class DecisionKinds
{
    /// <summary>Trust these versions, which existed before Rekey: the baseline.</summary>
    public const string Baseline = "baseline";

    /// <summary>Carry out this rotation.</summary>
    public const string Rotate = "rotate";

    /// <summary>
    /// Revoke a key's versions although there is no successor: nobody can log in with this issuer's key until there is one.
    /// </summary>
    public const string EndTrustWithoutSuccessor = "end-trust-without-successor";

    /// <summary>Let gateways refuse these tokens.</summary>
    public const string BlockTokens = "block-tokens";

    /// <summary>Stop signing with the old versions although nothing proves that the issuer has moved on.</summary>
    public const string StopSigningWithoutEvidence = "stop-signing-without-evidence";

    /// <summary>Refuse these tokens until the entry expires.</summary>
    public const string Block = "block";

    /// <summary>Take an entry off the blocklist before it expires.</summary>
    public const string Unblock = "unblock";

    /// <summary>Remove an undeclared grant.</summary>
    public const string RemoveGrant = "remove-grant";

    /// <summary>Cut off a person who has left.</summary>
    public const string CutOff = "cut-off";

    /// <summary>A credential that a person who has left added to an application was replaced.</summary>
    public const string ReplaceCredential = "replace-credential";

    /// <summary>End the watch over a person who has left.</summary>
    public const string EndWatch = "end-watch";

    /// <summary>Accept the ledger although it lacks what the published trust list has.</summary>
    public const string AcceptLedger = "accept-ledger";

    /// <summary>Accept the ledger although it lacks what the published blocklist has.</summary>
    public const string AcceptLedgerForBlocklist = "accept-ledger-for-blocklist";

    /// <summary>Accept the ledger although a checkpoint was signed for lines that it lacks.</summary>
    public const string AcceptLedgerForCheckpoints = "accept-ledger-for-checkpoints";

    /// <summary>Start Rekey again, which an operator has stopped.</summary>
    public const string Start = "start";

    /// <summary>What a yes does, in words that follow "a question waits:".</summary>
    public static string WordsOf(string kind) =>
        kind switch
        {
            Baseline => "trust the versions that existed before Rekey",
            Rotate => "rotate the key",
            EndTrustWithoutSuccessor => "revoke the key although it has no new version",
            BlockTokens => "block the tokens of a finding",
            StopSigningWithoutEvidence => "stop signing with the old versions without proof that they are unused",
            Block => "block what an operator named",
            Unblock => "take an entry off the blocklist",
            RemoveGrant => "remove a grant that is not declared",
            CutOff => "cut off a person who has left",
            ReplaceCredential => "replace a credential that a person who has left added",
            EndWatch => "end the watch over a person who has left",
            AcceptLedger => "accept the ledger although it lacks what the trust list has",
            AcceptLedgerForBlocklist => "accept the ledger although it lacks what the blocklist has",
            AcceptLedgerForCheckpoints => "accept the ledger although it lacks lines that a checkpoint was signed for",
            Start => "start Rekey again",
            _ => kind,
        };

    /// <summary>Whether a yes ends versions of a key, which is what the question is about.</summary>
    public static bool IsAboutKey(string kind) => kind is Rotate or EndTrustWithoutSuccessor or StopSigningWithoutEvidence;
}
