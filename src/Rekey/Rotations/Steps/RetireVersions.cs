using Rekey.Ledgers.Records;
using Rekey.Rotations.Steps.Draining;
using Rekey.Trust.Lists;

namespace Rekey.Rotations.Steps;

/// <summary>The steps that retire old versions: drain them, stop them from signing, end their trust, or contain.</summary>
public sealed class RetireVersions(DrainVersions drain, StopSigning stop, EndTrust end, ContainWithoutSuccessor contain)
{
    /// <summary>Takes one step and saves it. False when it must wait.</summary>
    public Task<bool> TakeAsync(RotationMove move, Lease<Rotation> lease, BoundKey key, CancellationToken cancellationToken) =>
        move switch
        {
            RotationMove.DrainThenStop => drain.RunAsync(lease, key, cancellationToken),
            RotationMove.StopSigning => stop.RunAsync(lease, key, cancellationToken),
            RotationMove.EndTrust => end.RunAsync(lease, key, lastToo: false, cancellationToken),
            RotationMove.ContainWithoutSuccessor => contain.RunAsync(lease, key, cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(move), move, "There is no such step."),
        };
}
