using Rekey.Decisions;

namespace Rekey.Notifications.Incidents;

/// <summary>A question that waits for an answer.</summary>
/// <param name="Id">The decision's id.</param>
/// <param name="Kind">The decision's kind.</param>
/// <param name="About">The key, vault or campaign.</param>
/// <param name="ExpiresAt">When the answer is due.</param>
/// <param name="WhileGone">Silence carries it out only while this person is gone; null when silence does not depend on a person.</param>
public sealed record OpenQuestion(string Id, string Kind, string About, DateTimeOffset ExpiresAt, OnExpiry OnExpiry, string? WhileGone)
{
    /// <summary>The departure that ended because the person is back: silence decides nothing until a later one. Null while they are
    /// gone.</summary>
    public int? HeldSince { get; init; }

    /// <summary>The last reminder that people got; null before the first.</summary>
    public string? Reminder { get; init; }

    internal bool IsHeld => HeldSince is not null;

    /// <summary>When the answer is due; null when silence decides nothing.</summary>
    internal DateTimeOffset? Until => IsHeld ? null : ExpiresAt;

    /// <summary>What silence means.</summary>
    internal string Silence =>
        IsHeld ? "The person is back, so silence decides nothing: the question waits for people."
        : OnExpiry is OnExpiry.CarryOut ? "Without an answer Rekey carries it out."
        : "Without an answer Rekey does nothing.";

    /// <summary>What Rekey asks, in one sentence.</summary>
    internal string Sentence =>
        Kind switch
        {
            DecisionKinds.Baseline => $"Rekey asks whether to trust the present versions of {About}.",
            DecisionKinds.Rotate => $"Rekey asks whether to rotate {About}.",
            DecisionKinds.EndTrustWithoutSuccessor =>
                $"Rekey asks whether to revoke the versions of {About} although it has no new one: nobody could log in with this key.",
            DecisionKinds.StopSigningWithoutEvidence =>
                $"Rekey asks whether to stop the old versions of {About} although nothing shows that the issuer has moved on.",
            DecisionKinds.BlockTokens => "Rekey asks whether gateways shall refuse the tokens of a campaign.",
            DecisionKinds.Block => "Rekey asks whether gateways shall refuse certain tokens.",
            DecisionKinds.Unblock => "Rekey asks whether gateways shall accept blocked tokens again.",
            DecisionKinds.RemoveGrant => $"Rekey asks whether to remove a grant at {About}.",
            DecisionKinds.AcceptLedgerForCheckpoints =>
                "Rekey asks whether to accept a ledger that lacks lines which a checkpoint was signed for.",
            DecisionKinds.Start => "Rekey asks whether to start again after it was stopped.",
            DecisionKinds.AcceptLedger or DecisionKinds.AcceptLedgerForBlocklist =>
                "Rekey asks whether to accept a ledger that lacks what a published list has.",
            _ => $"Rekey asks for a decision of the kind '{Kind}' about {About}.",
        };
}
