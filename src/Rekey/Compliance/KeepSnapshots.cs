using Rekey.Ledgers;

namespace Rekey.Compliance;

/// <summary>
/// Saves a snapshot of the views whenever the ledger has grown by some thousand lines, so that a start reads only the rest.
/// </summary>
public sealed class KeepSnapshots(LedgerReader reader, SignedSnapshots snapshots)
{
    /// <summary>The most lines that a start reads: about 2 MB, and some tens of milliseconds.</summary>
    public const int Every = 5_000;

    private long _kept;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await reader.CatchUpAsync(cancellationToken);
        if (reader.Read - Math.Max(_kept, reader.LoadedFrom) >= Every && await reader.SaveAsync(cancellationToken) is { } snapshot)
        {
            await snapshots.KeepAsync(snapshot, cancellationToken);
            _kept = snapshot.Line;
        }
    }
}
