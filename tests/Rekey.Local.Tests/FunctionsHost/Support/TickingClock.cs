using Microsoft.Extensions.Time.Testing;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.FunctionsHost.Support;

/// <summary>A clock that is set by hand, and counts the waits on it, so that a test knows when all wait again.</summary>
public sealed class TickingClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    private int waits;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        Interlocked.Increment(ref waits);
        return timer;
    }

    /// <summary>Waits until that many waits have begun in all.</summary>
    public Task WaitsAsync(int count) => Poll.UntilAsync(() => Volatile.Read(ref waits) >= count);

    /// <summary>Moves on, and waits until those whose time has come wait anew.</summary>
    public Task MoveAsync(TimeSpan time, int due)
    {
        var before = Volatile.Read(ref waits);
        Advance(time);
        return WaitsAsync(before + due);
    }
}
