using Rekey.Core;

namespace Rekey.Ledgers.Snapshots;

/// <summary>Where a start finds what the views of an earlier process knew.</summary>
public interface ILedgerSnapshots
{
    /// <summary>The newest one that is ours and fits the ledger; null when there is none.</summary>
    /// <exception cref="RetryLaterException">The store, the ledger or the vault cannot be reached.</exception>
    Task<LedgerSnapshot?> NewestAsync(CancellationToken cancellationToken);
}
