using Rekey.Ledgers;

namespace Rekey.Compliance;

/// <summary>Keeps a snapshot of the views each time that the ledger has grown by some thousand lines, so that a start reads the rest
/// only.</summary>
public sealed class KeepSnapshots(LedgerReader reader, SignedSnapshots snapshots)
{
    /// <summary>A start reads so many lines at most: about 2 MB, and some tens of milliseconds.</summary>
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
