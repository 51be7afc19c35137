namespace Rekey.Ledgers;

/// <summary>A record as it stands in the ledger.</summary>
/// <param name="At">When its last line was written.</param>
public sealed record OnRecord<T>(T Value, DateTimeOffset At);
