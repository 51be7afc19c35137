using Rekey.Core;
using Rekey.Ledgers.Segments;

namespace Rekey.Ledgers;

/// <summary>The append-only, hash-chained record of everything Rekey saw, decided and did.</summary>
public interface ILedger
{
    /// <summary>
    /// Appends the entry and returns its line. If the recent ledger has an entry with the same id, that line is returned instead: the
    /// first writer wins, and every writer sees which it was.
    /// </summary>
    /// <exception cref="RetryLaterException">The store cannot be reached.</exception>
    /// <exception cref="CannotContinueException">The chain is broken.</exception>
    /// <exception cref="ArgumentException">The entry's line would be longer than <see cref="LedgerChain.MaxLine"/>.</exception>
    Task<LedgerLine> AppendAsync(LedgerEntry entry, CancellationToken cancellationToken);

    /// <summary>Lines with a number above <paramref name="after"/>, in order, up to the end as it is now.</summary>
    IAsyncEnumerable<LedgerLine> ReadAsync(long after, CancellationToken cancellationToken);

    /// <summary>The line with that number; null when there is none.</summary>
    async Task<LedgerLine?> FindAsync(long number, CancellationToken cancellationToken)
    {
        await foreach (var line in ReadAsync(number - 1, cancellationToken))
        {
            return line.Number == number ? line : null;
        }

        return null;
    }

    /// <summary>Reads the end of the ledger. It costs one read of the store when nothing is new.</summary>
    /// <exception cref="RetryLaterException">The store cannot be reached.</exception>
    /// <exception cref="CannotContinueException">The chain is broken.</exception>
    Task<LedgerHead> HeadAsync(CancellationToken cancellationToken);
}
