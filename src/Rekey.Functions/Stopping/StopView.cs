using Rekey.Stopping;

namespace Rekey.Functions.Stopping;

/// <summary>A stop that is in force.</summary>
/// <param name="Number">The number of the stop, from 1.</param>
/// <param name="StoppedBy">Object id of the operator.</param>
/// <param name="StoppedAt">When the ledger took it.</param>
public sealed record StopView(int Number, string StoppedBy, DateTimeOffset StoppedAt)
{
    public static StopView Of(RecordedStop stop) => new(stop.Number, stop.By, stop.At);
}
