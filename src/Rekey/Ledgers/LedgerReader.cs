using Rekey.Core;
using Rekey.Ledgers.Segments;
using Rekey.Ledgers.Snapshots;

namespace Rekey.Ledgers;

/// <summary>
/// Reads the ledger once for all views. Views that exist before the first read share one pass, which begins at the newest snapshot. A
/// later view, or one that the snapshot lacks, is read from the beginning.
/// </summary>
/// <param name="open">Creates the views of this process before the first read; null when they exist by then.</param>
/// <param name="snapshots">The snapshots of earlier processes; null when there are none.</param>
public sealed class LedgerReader(ILedger ledger, Action? open = null, ILedgerSnapshots? snapshots = null) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _viewsLock = new();
    private readonly List<ILedgerView> _views = [];
    private long _asked;
    private long _served;
    private bool _isOpen;
    private LedgerLine? _last;

    /// <summary>Adds a view. It is complete after the next read.</summary>
    public void Add(ILedgerView view)
    {
        lock (_viewsLock)
        {
            _views.Add(view);
        }
    }

    /// <summary>Feeds new lines to every view. Callers that come during a read share the next one.</summary>
    /// <exception cref="RetryLaterException">The ledger cannot be reached; what was read so far is kept.</exception>
    /// <exception cref="CannotContinueException">The ledger is broken.</exception>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        var ticket = Interlocked.Increment(ref _asked);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_served < ticket)
            {
                var upTo = Interlocked.Read(ref _asked);
                await ReadAsync(cancellationToken);
                _served = upTo;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>The state of all views after one line; null when this process has read no line.</summary>
    public async Task<LedgerSnapshot?> SaveAsync(CancellationToken cancellationToken)
    {
        await CatchUpAsync(cancellationToken);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return _last is not { } last || Views().Any(v => v.Read != last.Number)
                ? null
                : new(
                    last.Number,
                    LedgerChain.Hash(LedgerChain.Format(last)),
                    Views().ToDictionary(v => v.Name, SavedView.Of, StringComparer.Ordinal)
                );
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The line of the snapshot that every view was loaded from; 0 when at least one was read from the first line.</summary>
    public long LoadedFrom { get; private set; }

    /// <summary>Number of the last line that every view has taken.</summary>
    public long Read => Views().Select(v => v.Read).DefaultIfEmpty(0).Min();

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        if (!_isOpen)
        {
            open?.Invoke();
            await LoadAsync(cancellationToken);
            _isOpen = true;
        }

        var views = Views();
        await foreach (var line in ledger.ReadAsync(Read, cancellationToken))
        {
            foreach (var view in views)
            {
                if (view.Read < line.Number)
                {
                    view.Take(line);
                }
            }

            _last = line;
        }
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (snapshots is not null && await snapshots.NewestAsync(cancellationToken) is { } snapshot)
        {
            foreach (var view in Views().Where(v => v.Read == 0))
            {
                if (snapshot.Views.GetValueOrDefault(view.Name) is { } saved && saved.Version == view.Version)
                {
                    view.Load(saved, new(snapshot.Line, snapshot.Hash));
                }
            }

            LoadedFrom = Read;
        }
    }

    private ILedgerView[] Views()
    {
        lock (_viewsLock)
        {
            return [.. _views];
        }
    }
}
