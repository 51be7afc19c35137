using Rekey.Core;
using Rekey.Ledgers.Records;
using Rekey.Trust;

namespace Rekey.Rotations;

/// <summary>Takes the lease of a key's rotation, so that one process at a time works on it.</summary>
public sealed class RotationLeases(
    ILedgerRecords<Rotation> rotations,
    RotationHints hints,
    RotationOptions options,
    TimeProvider timeProvider
)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    /// <summary>The lease; null when the key has no rotation.</summary>
    /// <exception cref="RetryLaterException">Another process holds it.</exception>
    public async Task<Lease<Rotation>?> TakeAsync(SigningKey key, CancellationToken cancellationToken)
    {
        if (await rotations.LeaseAsync(Rotation.Live, key.Row, hints.Bounded, options.Lease, timeProvider, cancellationToken) is { } lease)
        {
            return lease;
        }

        return await rotations.FindAsync(Rotation.Live, key.Row, cancellationToken) is null
            ? null
            : throw new RetryLaterException("Another process holds this rotation.", LookAgain);
    }
}
