namespace Rekey.Ledgers;

/// <summary>
/// Reads the ledger once for all views. Views that are made before the first reading share one pass over it; one that comes later is read
/// from the beginning, beside the others.
/// </summary>
/// <param name="open">Makes the views that this process has, before the first reading; null when they are there by then.</param>
public sealed class LedgerReader(ILedger ledger, Action? open = null) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _viewsLock = new();
    private readonly List<ILedgerView> _views = [];
    private long _asked;
    private long _served;
    private bool _isOpen;

    /// <summary>Adds a view. It knows everything that stands in the ledger after the next reading.</summary>
    public void Add(ILedgerView view)
    {
        lock (_viewsLock)
        {
            _views.Add(view);
        }
    }

    /// <summary>Gives every view what stands in the ledger now and was not read yet. Callers that come while it is read share the next reading.</summary>
    /// <exception cref="RetryLaterException">The ledger cannot be reached; what was read so far is kept.</exception>
    /// <exception cref="CannotContinueException">The ledger is broken.</exception>
    public async Task CatchUpAsync(CancellationToken cancel)
    {
        var ticket = Interlocked.Increment(ref _asked);
        await _turn.WaitAsync(cancel);
        try
        {
            if (_served < ticket)
            {
                var upTo = Interlocked.Read(ref _asked);
                await ReadAsync(cancel);
                _served = upTo;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task ReadAsync(CancellationToken cancel)
    {
        if (!_isOpen)
        {
            open?.Invoke();
            _isOpen = true;
        }

        ILedgerView[] views;
        lock (_viewsLock)
        {
            views = [.. _views];
        }

        await foreach (var line in ledger.ReadAsync(views.Select(v => v.Read).DefaultIfEmpty(0).Min(), cancel))
        {
            foreach (var view in views)
            {
                if (view.Read < line.Number)
                {
                    view.Take(line);
                }
            }
        }
    }
}
