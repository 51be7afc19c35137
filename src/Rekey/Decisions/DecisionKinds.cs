namespace Rekey.Decisions;

/// <summary>What can be decided.</summary>
internal static class DecisionKinds
{
    /// <summary>Trust these versions, which were there before Rekey came.</summary>
    public const string Baseline = "baseline";

    /// <summary>Carry out this rotation.</summary>
    public const string Rotate = "rotate";

    /// <summary>End the trust of a key's versions although there is no successor: nobody can log in with this issuer's key until there is
    /// one.</summary>
    public const string EndTrustWithoutSuccessor = "end-trust-without-successor";

    /// <summary>Let gateways refuse these tokens.</summary>
    public const string BlockTokens = "block-tokens";

    /// <summary>Stop signing with the old versions although nothing proves that the issuer has moved on.</summary>
    public const string StopSigningWithoutEvidence = "stop-signing-without-evidence";

    /// <summary>Refuse these tokens until the entry expires.</summary>
    public const string Block = "block";

    /// <summary>Take an entry off the blocklist before it expires.</summary>
    public const string Unblock = "unblock";

    /// <summary>Take an undeclared grant away.</summary>
    public const string RemoveGrant = "remove-grant";

    /// <summary>Accept the ledger although the published trust list has what it lacks.</summary>
    public const string AcceptLedger = "accept-ledger";
}
