using Rekey.Core;
using Rekey.Ledgers;
using Rekey.Ledgers.Segments;

namespace Rekey.Compliance;

/// <summary>
/// Verifies one segment an hour, in turn, with the checkpoints that were signed in it. The clock selects the segment, so that each has
/// its turn even if processes restart often.
/// </summary>
/// <param name="signed">Null when no identity signs checkpoints.</param>
internal sealed class OldSegments(ILedgerSegments segments, ICheckpoints kept, SignedCheckpoints? signed, TimeProvider timeProvider)
{
    // Each is a request. After this many the segment continues in the next hour.
    private const int CheckpointsAnHour = 200;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private DateTimeOffset _nextAt;
    private bool _isDone;
    private int _left;
    private int _segment;
    private LedgerPosition? _position;
    private Stack<long> _checkpoints = [];

    /// <summary>Begins anew with the next call.</summary>
    public void Reset() => (_position, _nextAt) = (null, default);

    /// <summary>Runs until the hour's work is done, or its time is over: the next call goes on from there.</summary>
    /// <param name="verified">The place up to which the ledger is verified, with its hash.</param>
    /// <param name="refuseAsync">Called for each refused checkpoint, with its count of lines.</param>
    /// <exception cref="CannotContinueException">
    /// The segment's chain is broken, or a checkpoint contradicts it. The next call finds that again.
    /// </exception>
    public async Task VerifyAsync(
        LedgerPosition verified,
        DateTimeOffset stopAt,
        Func<long, Task> refuseAsync,
        CancellationToken cancellationToken
    )
    {
        var now = timeProvider.GetUtcNow();
        if (now >= _nextAt)
        {
            (_nextAt, _left, _isDone) = (now + Hour, CheckpointsAnHour, false);
        }

        if (_isDone || (_position is null && !await BeginAsync(verified, now, cancellationToken)))
        {
            return;
        }

        var reader = new SegmentReader(segments, _position!);
        while (await reader.NextAsync(cancellationToken) is { } lines)
        {
            foreach (var line in lines)
            {
                // 1. Read the checkpoint that was signed for it.
                if (_checkpoints.TryPeek(out var next) && next == line.Line.Number)
                {
                    if (_left == 0)
                    {
                        _isDone = true;
                        return;
                    }

                    await CompareAsync(line, refuseAsync, cancellationToken);
                    _left--;
                    _checkpoints.Pop();
                }

                // 2. Check the end: where the verified part ends, or the first line of the next segment, which chains the two.
                if (line.Line.Number == verified.Number && !string.Equals(line.Hash, verified.Hash, StringComparison.Ordinal))
                {
                    throw LedgerChain.Broken($"line {line.Line.Number} is not the one that was verified before");
                }

                if (line.Segment > _segment || line.Line.Number >= verified.Number)
                {
                    (_position, _isDone) = (null, true);
                    return;
                }

                _position = line.After;
            }

            if (timeProvider.GetUtcNow() >= stopAt)
            {
                return;
            }
        }

        throw LedgerChain.Broken($"segment {_segment} ends at line {_position!.Number}, and line {verified.Number} was verified before");
    }

    private async Task<bool> BeginAsync(LedgerPosition verified, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var count = verified.Offset == 0 ? verified.Segment - 1 : verified.Segment;
        if (count == 0)
        {
            return false;
        }

        _segment = (int)(now.ToUnixTimeSeconds() / (long)Hour.TotalSeconds % count) + 1;
        var start = _segment == 1 ? LedgerPosition.Start : await AtStartOfAsync(_segment, cancellationToken);
        var last = _segment == count ? verified.Number : (await AtStartOfAsync(_segment + 1, cancellationToken)).Number;
        _checkpoints = await CheckpointsAsync(start.Number, last, cancellationToken);
        _position = start;
        return true;
    }

    private async Task<LedgerPosition> AtStartOfAsync(int segment, CancellationToken cancellationToken) =>
        await LedgerPosition.AtStartOfAsync(segments, segment, cancellationToken)
        ?? throw LedgerChain.Broken($"segment {segment} is missing or empty");

    /// <summary>The checkpoints of one segment, lowest first.</summary>
    private async Task<Stack<long>> CheckpointsAsync(long after, long last, CancellationToken cancellationToken)
    {
        var found = new Stack<long>();
        if (signed is null)
        {
            return found;
        }

        await foreach (var lines in kept.ListAsync(cancellationToken))
        {
            if (lines <= after)
            {
                break;
            }

            if (lines <= last)
            {
                found.Push(lines);
            }
        }

        return found;
    }

    private async Task CompareAsync(PlacedLine line, Func<long, Task> refuseAsync, CancellationToken cancellationToken)
    {
        if (await signed!.ReadAsync(line.Line.Number, cancellationToken) is not { } checkpoint)
        {
            await refuseAsync(line.Line.Number);
        }
        else if (!signed.IsVoid(checkpoint) && !string.Equals(checkpoint.Hash, line.Hash, StringComparison.Ordinal))
        {
            throw LedgerChain.Broken($"line {line.Line.Number} is not the one that was checkpointed");
        }
    }
}
