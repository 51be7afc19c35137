namespace Rekey.Ledgers;

/// <summary>A line of the ledger: an entry with its number, time and predecessor.</summary>
/// <param name="Number">Counts from 1 without a gap, over all segments.</param>
/// <param name="At">When the writer appended it (UTC).</param>
/// <param name="Entry">What was recorded.</param>
/// <param name="Previous">SHA-256 of the bytes of the line before, lower-case hex; 64 zeros for the first.</param>
public sealed record LedgerLine(long Number, DateTimeOffset At, LedgerEntry Entry, string Previous);
