namespace Rekey.Sweeps;

/// <summary>What the ledger says of sweeps over token logs.</summary>
/// <param name="Line">Number of the last line that says that they get on; 0 when no sweep ever began.</param>
/// <param name="At">When that was. While nothing is judged it is up to <see cref="SweepLedger.Pulse"/> behind.</param>
public sealed record SweepsOnRecord(long Line, DateTimeOffset? At);
