using System.Runtime.CompilerServices;

namespace Rekey.Ledgers;

/// <summary>
/// The ledger over append blobs. Writers of any number of processes agree on one order because an append names the length that it
/// expects; what waits while an append is under way goes out together in the next one.
/// </summary>
public sealed class SegmentedLedger(ILedgerSegments segments, LedgerOptions options, TimeProvider clock) : ILedger, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _waitingLock = new();
    private readonly LedgerTail _tail = new(segments);
    private List<Waiting> _waiting = [];

    public async Task<LedgerLine> AppendAsync(LedgerEntry entry, CancellationToken cancel)
    {
        var mine = new Waiting(entry);
        lock (_waitingLock)
        {
            _waiting.Add(mine);
        }

        await _turn.WaitAsync(cancel);
        try
        {
            if (!mine.Done.Task.IsCompleted)
            {
                await CommitAsync(TakeWaiting(), cancel);
            }
        }
        finally
        {
            _turn.Release();
        }

        return await mine.Done.Task;
    }

    public async IAsyncEnumerable<LedgerLine> ReadAsync(long after, [EnumeratorCancellation] CancellationToken cancel)
    {
        var reader = _tail.ReaderAfter(after);
        try
        {
            while (await reader.NextAsync(cancel) is { } lines)
            {
                foreach (var line in lines.Where(l => l.Number > after))
                {
                    yield return line;
                }
            }
        }
        finally
        {
            _tail.Remember(reader);
        }
    }

    public void Dispose() => _turn.Dispose();

    private List<Waiting> TakeWaiting()
    {
        lock (_waitingLock)
        {
            var taken = _waiting;
            _waiting = [];
            return taken;
        }
    }

    private async Task CommitAsync(List<Waiting> batch, CancellationToken cancel)
    {
        try
        {
            await AppendAllAsync(batch, cancel);
        }
        catch (Exception e)
        {
            // Nobody may be left waiting for an answer; each caller gets the failure and tries again with the same id.
            foreach (var waiting in batch)
            {
                waiting.Done.TrySetException(e is OperationCanceledException ? new RetryLaterException("The writer of this batch was stopped.", inner: e) : e);
            }

            throw;
        }
    }

    private async Task AppendAllAsync(List<Waiting> batch, CancellationToken cancel)
    {
        for (var attempt = 1; attempt <= LedgerTail.Tries; attempt++)
        {
            await _tail.OpenAsync(NewLine, cancel);
            if (_tail.Blocks >= options.BlocksPerSegment)
            {
                await _tail.RollAsync(NewLine, cancel);
                continue;
            }

            var missing = batch.Select(w => w.Entry).Where(e => _tail.Find(e.Id) is null).DistinctBy(e => e.Id, StringComparer.Ordinal).ToList();
            if (missing.Count == 0 || await _tail.TryAppendAsync(missing, NewLine, cancel))
            {
                foreach (var waiting in batch)
                {
                    waiting.Done.TrySetResult(_tail.Find(waiting.Entry.Id)!);
                }

                return;
            }
        }

        throw new RetryLaterException($"The ledger's tail moved away {LedgerTail.Tries} times.", TimeSpan.FromSeconds(1));
    }

    private LedgerLine NewLine(long number, LedgerEntry entry, string previous) => new(number, clock.GetUtcNow(), entry, previous);

    private sealed record Waiting(LedgerEntry Entry)
    {
        public TaskCompletionSource<LedgerLine> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
