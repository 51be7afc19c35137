namespace Rekey.Trust.History;

/// <summary>The fact that a trust list was published under this number: gateways may have seen it, and refuse lower numbers.</summary>
/// <param name="Added">Kids that the previous list did not name.</param>
/// <param name="Removed">Kids that only the previous list named.</param>
internal sealed record ListPublished(
    string KeyId,
    DateTimeOffset At,
    long Sequence,
    IReadOnlyList<string> Added,
    IReadOnlyList<string> Removed
) : TrustFact(KeyId, At);
