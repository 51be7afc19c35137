namespace Rekey.Functions.Detections;

/// <summary>How the watch over token logs is doing.</summary>
/// <param name="IsConfigured">Whether there are logs to sweep.</param>
/// <param name="ProgressAt">When a batch was last finished, by a row that anybody may have written.</param>
/// <param name="CaughtUpAt">When nothing was left to judge, by the same row.</param>
/// <param name="BadLines">Lines that could not be read, over all batches.</param>
/// <param name="OnRecordAt">When logs were last swept, by the ledger.</param>
public sealed record SweepsView(
    bool IsConfigured,
    bool IsRunning,
    DateTimeOffset? ProgressAt,
    DateTimeOffset? CaughtUpAt,
    long? BadLines,
    DateTimeOffset? OnRecordAt
);
