using System.Security.Cryptography;

namespace Rekey.Ledgers.Segments;

/// <summary>
/// The pace of one process's appends. Of processes that contend for the ledger's end one wins each time, and what the others send meanwhile
/// only slows it down: they wait, at random and longer each time. One that wins again and again gives way after a few appends, so that the
/// others have their turn. All pauses are multiples of the time that an append takes.
/// </summary>
internal sealed class AppendPace(TimeProvider timeProvider)
{
    // A waiting process reads the end and appends: two calls.
    private const int GiveWay = 3;
    private const int InOneTurn = 24;
    private const int MaxDoublings = 7;

    // While the store is away an append takes long, and what waits for it must hear so soon.
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(1);

    private TimeSpan _took;
    private long _endedAt;
    private int _lost;
    private int _won;

    /// <summary>Waits before the tail is read for the next append.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        var pause =
            _lost > 0 ? _took * (1 << Math.Min(_lost, MaxDoublings)) * (RandomNumberGenerator.GetInt32(1_001) / 1_000.0)
            : _won >= InOneTurn ? _took * GiveWay
            : TimeSpan.Zero;
        if (_won >= InOneTurn)
        {
            _won = 0;
        }

        return pause > TimeSpan.Zero
            ? Task.Delay(pause < MaxPause ? pause : MaxPause, timeProvider, cancellationToken)
            : Task.CompletedTask;
    }

    /// <summary>Appends.</summary>
    /// <param name="append">Returns null when another process was faster.</param>
    public async Task<T?> RunAsync<T>(Func<Task<T?>> append)
        where T : class
    {
        var begun = timeProvider.GetTimestamp();
        var isNext = timeProvider.GetElapsedTime(_endedAt, begun) <= _took * (GiveWay + 1);
        var written = await append();
        _endedAt = timeProvider.GetTimestamp();
        _took = timeProvider.GetElapsedTime(begun, _endedAt);
        (_won, _lost) = written is null ? (0, _lost + 1) : (isNext ? _won + 1 : 0, 0);
        return written;
    }
}
