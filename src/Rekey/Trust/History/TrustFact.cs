namespace Rekey.Trust.History;

/// <summary>
/// Something about trust that stands in the ledger. What is trusted follows from these and from the vault alone: no table row can add a
/// key.
/// </summary>
/// <param name="KeyId">The key that it is about; for what is about the whole list, the environment.</param>
public abstract record TrustFact(string KeyId, DateTimeOffset At);
