namespace Rekey.Decisions.Record;

/// <summary>A question that Rekey took back, on record.</summary>
/// <param name="Why">Why nothing was left to decide, in a plain sentence.</param>
public sealed record RecordedWithdrawal(DateTimeOffset At, string Why);
