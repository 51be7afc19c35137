using System.Runtime.CompilerServices;
using Rekey.Core;

namespace Rekey.Ledgers.Segments;

/// <summary>
/// The ledger over append blobs. Writers of any number of processes agree on one order because an append names the length that it
/// expects. Entries that arrive during an append are written together in the next one.
/// </summary>
public sealed class SegmentedLedger(ILedgerSegments segments, LedgerOptions options, TimeProvider timeProvider) : ILedger, IDisposable
{
    // Azure takes larger blocks; this is the limit for one request.
    private const int MaxBlock = 4 * 1024 * 1024;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _waitingLock = new();
    private readonly LedgerTail _tail = new(segments);
    private readonly ReadEnds _readEnds = new(segments);

    // How fast the store is, which no other clock says.
    private readonly AppendPace _pace = new(TimeProvider.System);
    private List<Waiting> _waiting = [];

    public async Task<LedgerLine> AppendAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        var length = LedgerChain.LongestLineOf(entry);
        if (length > LedgerChain.MaxLine)
        {
            throw new ArgumentException(
                $"The entry {entry.Id} would be a line of {length} bytes; the ledger takes {LedgerChain.MaxLine}. "
                    + "Split it into several entries.",
                nameof(entry)
            );
        }

        var mine = new Waiting(entry, length);
        lock (_waitingLock)
        {
            _waiting.Add(mine);
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (!mine.Done.Task.IsCompleted)
            {
                await CommitAsync(TakeWaiting(), cancellationToken);
            }
        }
        finally
        {
            _turn.Release();
        }

        return await mine.Done.Task;
    }

    public async IAsyncEnumerable<LedgerLine> ReadAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = await _readEnds.ReaderAfterAsync(after, cancellationToken);
        try
        {
            while (await reader.NextAsync(cancellationToken) is { } lines)
            {
                foreach (var line in lines.Where(l => l.Line.Number > after))
                {
                    yield return line.Line;
                }
            }
        }
        finally
        {
            _readEnds.Remember(reader);
        }
    }

    public async Task<LedgerHead> HeadAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await _tail.CatchUpAsync(cancellationToken);
            return _tail.Head;
        }
        finally
        {
            _turn.Release();
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

    private async Task CommitAsync(List<Waiting> batch, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var block in BlocksOf(batch))
            {
                await AppendAllAsync(block, cancellationToken);
            }
        }
        catch (Exception e)
        {
            // Every caller must get an answer: each gets the failure and retries with the same id.
            foreach (var waiting in batch)
            {
                waiting.Done.TrySetException(
                    e is OperationCanceledException ? new RetryLaterException("The writer of this batch was stopped.", inner: e) : e
                );
            }

            throw;
        }
    }

    private static IEnumerable<List<Waiting>> BlocksOf(List<Waiting> batch)
    {
        var (block, length) = (new List<Waiting>(), 0L);
        foreach (var waiting in batch)
        {
            if (length + waiting.Length > MaxBlock)
            {
                yield return block;
                (block, length) = ([], 0);
            }

            block.Add(waiting);
            length += waiting.Length + 1;
        }

        yield return block;
    }

    private async Task AppendAllAsync(List<Waiting> block, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= LedgerTail.Tries; attempt++)
        {
            await _pace.WaitAsync(cancellationToken);
            await _tail.OpenAsync(NewLine, cancellationToken);
            if (_tail.Blocks >= options.BlocksPerSegment || _tail.Bytes >= options.BytesPerSegment)
            {
                await _tail.RollAsync(NewLine, cancellationToken);
                continue;
            }

            // An entry that is in the ledger already is not written again.
            var missing = block.Select(w => w.Entry).Where(e => !_tail.Knows(e.Id)).DistinctBy(e => e.Id, StringComparer.Ordinal).ToList();
            if (
                (missing.Count == 0 ? [] : await _pace.RunAsync(() => _tail.TryAppendAsync(missing, NewLine, cancellationToken))) is
                { } written
            )
            {
                await AnswerAsync(block, written.ToDictionary(l => l.Entry.Id, StringComparer.Ordinal), cancellationToken);
                return;
            }
        }

        throw new RetryLaterException($"The ledger's tail moved away {LedgerTail.Tries} times.", TimeSpan.FromSeconds(1));
    }

    private async Task AnswerAsync(List<Waiting> block, Dictionary<string, LedgerLine> written, CancellationToken cancellationToken)
    {
        foreach (var waiting in block.Where(w => written.ContainsKey(w.Entry.Id)))
        {
            waiting.Done.TrySetResult(written[waiting.Entry.Id]);
        }

        foreach (var waiting in block.Where(w => !written.ContainsKey(w.Entry.Id)))
        {
            waiting.Done.TrySetResult(await _tail.ReadAsync(waiting.Entry.Id, cancellationToken));
        }
    }

    private LedgerLine NewLine(long number, LedgerEntry entry, string previous) => new(number, timeProvider.GetUtcNow(), entry, previous);

    private sealed record Waiting(LedgerEntry Entry, int Length)
    {
        public TaskCompletionSource<LedgerLine> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
