namespace Rekey.Rotations;

/// <summary>The steps of a rotation, one class each.</summary>
public sealed class RotationSteps(CreateVersion create, AnnounceVersion announce, StopSigning stop, EndTrust end, ContainWithoutSuccessor contain, VerifyRotation verify, StickRotation stick)
{
    /// <summary>Takes one step and saves it. False when nothing more can be done now.</summary>
    public Task<bool> TakeAsync(RotationMove move, RotationLease lease, Trust.BoundKey key, CancellationToken cancel) => move switch
    {
        RotationMove.CreateVersion => create.RunAsync(lease, key, cancel),
        RotationMove.GiveUpSuccessor => GiveUpAsync(lease, key, cancel),
        RotationMove.Announce => announce.RunAsync(lease, key, cancel),
        RotationMove.ContainWithoutSuccessor => contain.RunAsync(lease, key, cancel),
        RotationMove.DrainThenStop => stop.DrainAsync(lease, key, cancel),
        RotationMove.StopSigning => stop.RunAsync(lease, key, cancel),
        RotationMove.EndTrust => end.RunAsync(lease, key, lastToo: false, cancel),
        RotationMove.Verify => verify.RunAsync(lease, key, cancel),
        RotationMove.Stick sticking => stick.RunAsync(lease, sticking.Reason, cancel),
        _ => throw new ArgumentOutOfRangeException(nameof(move), move, "There is no such step."),
    };

    /// <summary>The vault has been out of reach for longer than containment can wait; or a process died, and the version that it made is on record.</summary>
    private async Task<bool> GiveUpAsync(RotationLease lease, Trust.BoundKey key, CancellationToken cancel)
    {
        if (!await IsOnRecordAsync(lease, key, cancel))
        {
            await lease.SaveAsync(r => r with { NoSuccessor = VaultReasons.Unreachable }, cancel);
        }

        return true;
    }

    private async Task<bool> IsOnRecordAsync(RotationLease lease, Trust.BoundKey key, CancellationToken cancel)
    {
        try
        {
            return await create.TakeRecordedAsync(lease, key, cancel);
        }
        catch (RetryLaterException)
        {
            // The vault does not say when it was made.
            return false;
        }
    }
}
