namespace Rekey.Exposures.Audit;

/// <summary>The last row of a log.</summary>
/// <param name="Log">One of <see cref="WatchedLogs"/>.</param>
public sealed record LastRow(string Log, DateTimeOffset At);
