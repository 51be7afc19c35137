using Cronos;

namespace Rekey.Local.FunctionsHost.Timers;

/// <summary>Decides when a timer runs; schedules are UTC.</summary>
internal static class TimerDecisions
{
    /// <summary>The next tick after <paramref name="now"/>, or null for a schedule that never comes again.</summary>
    public static DateTimeOffset? Next(CronExpression schedule, DateTimeOffset now) =>
        schedule.GetNextOccurrence(now.UtcDateTime) is { } next ? new DateTimeOffset(next) : null;

    /// <summary>
    /// Whether a tick was missed while the host was away. It is computed from the last run rather than read from the stored next one,
    /// which may belong to a schedule that has changed since.
    /// </summary>
    public static bool IsPastDue(CronExpression schedule, TimerStatus? status, DateTimeOffset now)
    {
        if (status is null)
        {
            return false;
        }

        var since = status.Last == default ? status.LastUpdated : status.Last;
        return Next(schedule, since) is { } expected && expected <= now;
    }

    /// <summary>Gives the status to store when the timer is first seen and after each run.</summary>
    public static TimerStatus Status(CronExpression schedule, DateTimeOffset last, DateTimeOffset now) =>
        new(last, Next(schedule, now) ?? default, now);
}
