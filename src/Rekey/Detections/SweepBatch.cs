using Rekey.Detections.Sweeps;

namespace Rekey.Detections;

/// <summary>
/// What arrived and is judged together.
/// </summary>
/// <param name="Id">Names the batch: the same arrivals, the same id.</param>
/// <param name="Accesses">How many accesses arrived in it; null where counting would cost a query of its own.</param>
/// <param name="EarliestEvent">The earliest time of an access, as its gateway says; null when there is none.</param>
/// <param name="ArrivedUntil">Everything that arrived before is in this batch or in an earlier one.</param>
/// <param name="BadLines">Lines that could not be read; they are in quarantine.</param>
public sealed record SweepBatch(string Id, long? Accesses, DateTimeOffset? EarliestEvent, DateTimeOffset ArrivedUntil, long BadLines)
{
    /// <summary>The earliest <c>iat</c> of them, which a forger chooses, bounded by how far the engine ever looks back; null when none has
    /// one. See <see cref="LookBack"/>.</summary>
    public DateTimeOffset? EarliestIssuedAt { get; init; }

    /// <summary>It is a share of arrivals whose first share was a batch before: what is one for all shares, such as gaps, was looked for
    /// then.</summary>
    public bool IsLaterShare { get; init; }

    /// <summary>Names the arrivals whose <see cref="BadLines"/> it tells: the same for a whole and each of its shares.</summary>
    public string CountedAs { get; init; } = Id;
}
