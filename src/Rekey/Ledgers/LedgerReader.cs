using System.Text.Json;
using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Ledgers.Segments;
using Rekey.Ledgers.Snapshots;

namespace Rekey.Ledgers;

/// <summary>
/// Reads the ledger once for all views. Views that are made before the first reading share one pass over it, which begins where the newest
/// snapshot stands; one that comes later, or that the snapshot does not have, is read from the beginning.
/// </summary>
/// <param name="open">Makes the views that this process has, before the first reading; null when they are there by then.</param>
/// <param name="snapshots">What earlier processes saved; null when nothing is.</param>
public sealed class LedgerReader(ILedger ledger, Action? open = null, ILedgerSnapshots? snapshots = null) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _viewsLock = new();
    private readonly List<ILedgerView> _views = [];
    private long _asked;
    private long _served;
    private bool _isOpen;
    private LedgerLine? _last;

    /// <summary>Adds a view. It knows everything that stands in the ledger after the next reading.</summary>
    public void Add(ILedgerView view)
    {
        lock (_viewsLock)
        {
            _views.Add(view);
        }
    }

    /// <summary>Gives every view what stands in the ledger now and was not read yet. Callers that come while it is read share the next
    /// reading.</summary>
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

    /// <summary>What all views know now, behind one line; null when no line was read by this process.</summary>
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
                    Views()
                        .ToDictionary(
                            v => v.Name,
                            v => new SavedView(v.Version, JsonSerializer.SerializeToElement(v.Save(), RecordJson.Options)),
                            StringComparer.Ordinal
                        )
                );
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The line of the snapshot that every view was loaded from; 0 when one at least was read from the first line.</summary>
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
                    view.Load(saved.State, new(snapshot.Line, snapshot.Hash));
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
