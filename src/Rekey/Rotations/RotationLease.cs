namespace Rekey.Rotations;

/// <summary>
/// One process's hold on a key's rotation. Every save goes under the ETag of the last; others may only add causes that wait, and those
/// are kept. A process that has lost its lease cannot save.
/// </summary>
public sealed class RotationLease
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    private readonly IRecords<Rotation> _records;
    private readonly RotationOptions _options;
    private readonly TimeProvider _clock;
    private readonly string _token = Guid.NewGuid().ToString("N");
    private Versioned<Rotation> _held;

    private RotationLease(IRecords<Rotation> records, RotationOptions options, TimeProvider clock, Versioned<Rotation> held) =>
        (_records, _options, _clock, _held) = (records, options, clock, held);

    /// <summary>The rotation as last saved.</summary>
    public Rotation Rotation => _held.Value;

    /// <summary>Takes the lease; null when there is no rotation for the key.</summary>
    /// <exception cref="RetryLaterException">Another process holds it.</exception>
    public static async Task<RotationLease?> TakeAsync(IRecords<Rotation> records, RotationOptions options, TimeProvider clock, string row, CancellationToken cancel)
    {
        while (await records.FindAsync(Rotation.Live, row, cancel) is { } read)
        {
            var now = clock.GetUtcNow();
            if (read.Value.LeaseUntil is { } until && until > now)
            {
                throw new RetryLaterException("Another process is at this rotation.", until - now < LookAgain ? until - now : LookAgain);
            }

            var lease = new RotationLease(records, options, clock, read);
            if (await records.ReplaceAsync(read, lease.Leased(read.Value), cancel) is { } taken)
            {
                lease._held = taken;
                return lease;
            }
        }

        return null;
    }

    /// <summary>Saves a change and renews the lease.</summary>
    /// <exception cref="RetryLaterException">The lease ran out and another process has taken it: what was read no longer holds.</exception>
    public Task SaveAsync(Func<Rotation, Rotation> change, CancellationToken cancel) => ReplaceAsync(r => Leased(change(r)), cancel);

    /// <summary>Saves a last change and gives the lease back; when that fails it runs out by itself.</summary>
    public Task ReleaseAsync(Func<Rotation, Rotation> change, CancellationToken cancel) => ReplaceAsync(r => change(r) with { LeaseOwner = null, LeaseUntil = null }, cancel);

    private Rotation Leased(Rotation rotation) => rotation with { LeaseOwner = _token, LeaseUntil = _clock.GetUtcNow() + _options.Lease };

    private async Task ReplaceAsync(Func<Rotation, Rotation> change, CancellationToken cancel)
    {
        while (true)
        {
            if (await _records.ReplaceAsync(_held, change(_held.Value), cancel) is { } saved)
            {
                _held = saved;
                return;
            }

            var read = await _records.FindAsync(Rotation.Live, _held.Value.Key.Row, cancel);
            if (read is null || !string.Equals(read.Value.LeaseOwner, _token, StringComparison.Ordinal))
            {
                throw new RetryLaterException($"The rotation of {_held.Value.Key.Id} was taken over by another process.", LookAgain);
            }

            _held = read;
        }
    }
}
