namespace Rekey.Trust.History;

/// <summary>Two approvers have accepted the ledger although this list, or one before it, has what it lacks.</summary>
internal sealed record LedgerAccepted(string KeyId, DateTimeOffset At, long Sequence) : TrustFact(KeyId, At);
