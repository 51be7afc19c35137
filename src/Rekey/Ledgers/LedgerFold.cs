namespace Rekey.Ledgers;

/// <summary>What the ledger says of one matter, folded line after line and kept: each reading begins where the last one came to, also one that broke off.</summary>
/// <param name="start">What holds before the first line.</param>
/// <param name="fold">What holds behind a line; it must not change what it is given.</param>
public sealed class LedgerFold<T>(ILedger ledger, T start, Func<T, LedgerLine, T> fold) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private T _known = start;
    private long _read;

    /// <summary>Everything that stands in the ledger now.</summary>
    /// <exception cref="RetryLaterException">The ledger cannot be reached.</exception>
    /// <exception cref="CannotContinueException">The ledger is broken.</exception>
    public async Task<T> ReadAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            await foreach (var line in ledger.ReadAsync(_read, cancel))
            {
                (_known, _read) = (fold(_known, line), line.Number);
            }

            return _known;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
