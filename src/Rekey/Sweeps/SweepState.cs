namespace Rekey.Sweeps;

/// <summary>How the watch over tokens itself is doing, and which process is at it. How far the logs are judged is the log's own progress.</summary>
public sealed record SweepState : IRecord
{
    public const string Name = "sweep";

    public static int SchemaVersion => 1;

    public string? LeaseOwner { get; init; }

    public DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>When a batch was last finished, or nothing was waiting; the first sweep's start before that.</summary>
    public DateTimeOffset ProgressAt { get; init; }

    /// <summary>When nothing was left to judge.</summary>
    public DateTimeOffset? CaughtUpAt { get; init; }

    /// <summary>Lines that could not be read, over all batches.</summary>
    public long BadLines { get; init; }

    /// <summary>The arrivals whose lines were counted last: they may come again, whole or in shares.</summary>
    public string? CountedBatch { get; init; }

    public string Partition => Name;

    public string Row => "state";
}
