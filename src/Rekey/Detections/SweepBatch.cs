using Rekey.Detections.Sweeps;

namespace Rekey.Detections;

/// <summary>
/// A batch: the arrivals that a sweep judges together.
/// </summary>
/// <param name="Id">The id of the batch: the same arrivals have the same id.</param>
/// <param name="Accesses">The number of accesses; null if counting would need an extra query.</param>
/// <param name="EarliestEvent">The earliest access time, by the gateway; null if there is none.</param>
/// <param name="ArrivedUntil">All earlier arrivals are in this batch or an earlier one.</param>
/// <param name="BadLines">The number of lines that cannot be read, or only in part; they are in quarantine.</param>
public sealed record SweepBatch(string Id, long? Accesses, DateTimeOffset? EarliestEvent, DateTimeOffset ArrivedUntil, long BadLines)
{
    /// <summary>The earliest <c>iat</c> of the accesses, within the engine's look-back, because a forger chooses it; null if none has
    /// one. See <see cref="LookBack"/>.</summary>
    public DateTimeOffset? EarliestIssuedAt { get; init; }

    /// <summary>Whether it is a later share of the same arrivals: gaps, which all shares have in common, were detected in the
    /// first.</summary>
    public bool IsLaterShare { get; init; }

    /// <summary>The id of the arrivals that <see cref="BadLines"/> counts: the same for a whole and each of its shares.</summary>
    public string CountedAs { get; init; } = Id;
}
