namespace Rekey.Tests.Doubles.Faults;

/// <summary>The clock of a process that is wrong by a fixed time.</summary>
public sealed class ClockAhead(TimeProvider timeProvider, TimeSpan ahead) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => timeProvider.GetUtcNow() + ahead;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        timeProvider.CreateTimer(callback, state, dueTime, period);
}
