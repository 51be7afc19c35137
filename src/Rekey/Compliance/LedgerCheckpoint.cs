namespace Rekey.Compliance;

/// <summary>
/// A promise about the ledger's past, signed by a key that its writers do not hold: so many lines, and the last one hashed to this. Whoever
/// rewrites history afterwards cannot rewrite this as well.
/// </summary>
/// <param name="Lines">How many lines the ledger had.</param>
/// <param name="Hash">SHA-256 of the last one, lower-case hex.</param>
public sealed record LedgerCheckpoint(string Environment, long Lines, string Hash, DateTimeOffset At)
{
    /// <summary><c>typ</c> of the signed checkpoint.</summary>
    public const string Type = "rekey-ledger-checkpoint+jwt";

    /// <summary>The shape that this build writes.</summary>
    public int SchemaVersion { get; init; } = 1;
}
