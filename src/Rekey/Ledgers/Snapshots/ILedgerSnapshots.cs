using Rekey.Core;

namespace Rekey.Ledgers.Snapshots;

/// <summary>Loads snapshots of the views at a start.</summary>
public interface ILedgerSnapshots
{
    /// <summary>The newest snapshot that Rekey signed and that fits the ledger; null when there is none.</summary>
    /// <exception cref="RetryLaterException">The store, the ledger or the vault cannot be reached.</exception>
    Task<LedgerSnapshot?> NewestAsync(CancellationToken cancellationToken);
}
