using Microsoft.Extensions.Time.Testing;

namespace Rekey.Tests.Doubles.Faults;

/// <summary>A clock that tests move, on which pauses of less than a second are over at once, so that a process can try again.</summary>
public sealed class QuickClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(
            callback,
            state,
            dueTime < TimeSpan.FromSeconds(1) && period == Timeout.InfiniteTimeSpan ? TimeSpan.Zero : dueTime,
            period
        );
}
