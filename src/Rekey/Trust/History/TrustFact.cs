namespace Rekey.Trust.History;

/// <summary>
/// A fact about trust in the ledger. What is trusted follows from these facts and the vault alone: no table row can add a key.
/// </summary>
/// <param name="KeyId">The key that it is about; the environment for facts about the whole list.</param>
public abstract record TrustFact(string KeyId, DateTimeOffset At);
