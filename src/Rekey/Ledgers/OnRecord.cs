namespace Rekey.Ledgers;

/// <summary>A record as the ledger has it.</summary>
/// <param name="At">When its last line was written.</param>
public sealed record OnRecord<T>(T Value, DateTimeOffset At);
