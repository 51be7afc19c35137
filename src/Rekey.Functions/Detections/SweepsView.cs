namespace Rekey.Functions.Detections;

/// <summary>The progress of the sweeps over token logs.</summary>
/// <param name="IsConfigured">Whether there are logs to sweep.</param>
/// <param name="ProgressAt">When the last batch ended, by a table row that may have been altered.</param>
/// <param name="CaughtUpAt">When no log line was left to judge, by the same row.</param>
/// <param name="BadLines">Unreadable lines in all batches.</param>
/// <param name="OnRecordAt">When the last sweep ran, by the ledger.</param>
public sealed record SweepsView(
    bool IsConfigured,
    bool IsRunning,
    DateTimeOffset? ProgressAt,
    DateTimeOffset? CaughtUpAt,
    long? BadLines,
    DateTimeOffset? OnRecordAt
);
