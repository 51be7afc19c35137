namespace Rekey.Trust.History;

/// <summary>The fact that two approvers accepted the ledger although it lacks what this list, or one before it, has.</summary>
internal sealed record LedgerAccepted(string KeyId, DateTimeOffset At, long Sequence) : TrustFact(KeyId, At);
