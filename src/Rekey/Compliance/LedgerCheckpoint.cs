using System.Text.Json.Serialization;

namespace Rekey.Compliance;

/// <summary>
/// A checkpoint of the ledger, signed by a key that its writers do not hold: the number of lines and the hash of the last one. An
/// attacker who rewrites the ledger afterwards cannot rewrite the checkpoint.
/// </summary>
/// <param name="Lines">How many lines the ledger had.</param>
/// <param name="Hash">SHA-256 of the last one, lower-case hex.</param>
public sealed record LedgerCheckpoint(string Environment, long Lines, string Hash, DateTimeOffset At)
{
    /// <summary><c>typ</c> of the signed checkpoint.</summary>
    public const string Type = "rekey-ledger-checkpoint+jwt";

    /// <summary>
    /// <c>typ</c> of a signed acceptance: a checkpoint of the line with which two approvers accepted a ledger that lacks lines. Its hash
    /// stands for every line before, so checkpoints that were signed before it are void.
    /// </summary>
    public const string AcceptanceType = "rekey-ledger-acceptance+jwt";

    /// <summary>The longest signed checkpoint that is read, in bytes: one has some 600.</summary>
    public const int MaxBytes = 16 * 1024;

    /// <summary>The schema version that this build writes.</summary>
    public int SchemaVersion { get; init; } = 1;

    /// <summary>In an acceptance, the id of the decision; null in any other checkpoint.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Decision { get; init; }

    /// <summary>Whether this acceptance makes the other checkpoint, or an earlier acceptance, void.</summary>
    internal bool Voids(LedgerCheckpoint other) => other.At < At || (other.At == At && other.Decision is null);
}
