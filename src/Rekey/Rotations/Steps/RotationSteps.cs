using Rekey.Core;
using Rekey.Ledgers.Records;
using Rekey.Trust.Vaults;

namespace Rekey.Rotations.Steps;

/// <summary>The steps of a rotation, one class each.</summary>
public sealed class RotationSteps(
    CreateVersion create,
    AnnounceVersion announce,
    RetireVersions retire,
    VerifyRotation verify,
    CloseCancelled close,
    MarkRotationStuck stick
)
{
    /// <summary>Takes one step and saves it. False when it must wait.</summary>
    public Task<bool> TakeAsync(
        RotationMove move,
        Lease<Rotation> lease,
        Rekey.Trust.Lists.BoundKey key,
        CancellationToken cancellationToken
    ) =>
        move switch
        {
            RotationMove.CreateVersion => create.RunAsync(lease, key, cancellationToken),
            RotationMove.GiveUpSuccessor => GiveUpAsync(lease, key, cancellationToken),
            RotationMove.Announce => announce.RunAsync(lease, key, cancellationToken),
            RotationMove.DrainThenStop or RotationMove.StopSigning or RotationMove.EndTrust or RotationMove.ContainWithoutSuccessor =>
                retire.TakeAsync(move, lease, key, cancellationToken),
            RotationMove.Verify => verify.RunAsync(lease, key, cancellationToken),
            RotationMove.CloseCancelled => close.RunAsync(lease, key, cancellationToken),
            RotationMove.Stick sticking => stick.RunAsync(lease, sticking.Reason, cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(move), move, "There is no such step."),
        };

    /// <summary>
    /// Gives up on a vault that was unreachable for longer than containment can wait. If a crashed process put its new version on record,
    /// the rotation goes on with that version.
    /// </summary>
    private async Task<bool> GiveUpAsync(Lease<Rotation> lease, Rekey.Trust.Lists.BoundKey key, CancellationToken cancellationToken)
    {
        if (!await IsOnRecordAsync(lease, key, cancellationToken))
        {
            await lease.SaveAsync(r => r with { NoSuccessor = VaultReasons.Unreachable }, cancellationToken);
        }

        return true;
    }

    private async Task<bool> IsOnRecordAsync(Lease<Rotation> lease, Rekey.Trust.Lists.BoundKey key, CancellationToken cancellationToken)
    {
        try
        {
            return await create.TakeRecordedAsync(lease, key, cancellationToken);
        }
        catch (RetryLaterException)
        {
            // The vault does not say when it was made.
            return false;
        }
    }
}
