namespace Rekey.Trust.History;

/// <summary>A trust list went out under this number: gateways may have seen it, and take none with a lower one.</summary>
/// <param name="Added">Kids that the list before did not name.</param>
/// <param name="Removed">Kids that it named, and this one does not.</param>
internal sealed record ListPublished(
    string KeyId,
    DateTimeOffset At,
    long Sequence,
    IReadOnlyList<string> Added,
    IReadOnlyList<string> Removed
) : TrustFact(KeyId, At);
