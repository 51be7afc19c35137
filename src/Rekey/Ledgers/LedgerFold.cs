namespace Rekey.Ledgers;

/// <summary>A view whose state is a value that never changes: each line leads to the next one.</summary>
public sealed class LedgerFold<T> : ILedgerView
{
    private readonly LedgerReader _reader;
    private readonly Func<T, LedgerLine, T> _fold;
    private T _known;

    /// <param name="start">What holds before the first line.</param>
    /// <param name="fold">What holds behind a line; it must not change what it is given.</param>
    public LedgerFold(LedgerReader reader, T start, Func<T, LedgerLine, T> fold)
    {
        (_reader, _known, _fold) = (reader, start, fold);
        reader.Add(this);
    }

    public long Read { get; private set; }

    /// <summary>What everything that stands in the ledger now leads to.</summary>
    /// <exception cref="RetryLaterException">The ledger cannot be reached.</exception>
    /// <exception cref="CannotContinueException">The ledger is broken.</exception>
    public async Task<T> ReadAsync(CancellationToken cancel)
    {
        await _reader.CatchUpAsync(cancel);
        return _known;
    }

    public void Take(LedgerLine line) => (_known, Read) = (_fold(_known, line), line.Number);
}
