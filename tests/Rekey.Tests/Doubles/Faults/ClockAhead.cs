namespace Rekey.Tests.Doubles.Faults;

/// <summary>The clock of a process that is wrong by a fixed time.</summary>
public sealed class ClockAhead(TimeProvider right, TimeSpan ahead) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => right.GetUtcNow() + ahead;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        right.CreateTimer(callback, state, dueTime, period);
}
