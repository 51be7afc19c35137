using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace Rekey.Azure.Tests.Support;

/// <summary>A clock that stands still until somebody waits for it.</summary>
internal sealed class TestClock() : FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero))
{
    private int _waiting;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _waiting);
        return new Counted(this, base.CreateTimer(callback, state, dueTime, period));
    }

    /// <summary>Moves on while something waits, until the work is done.</summary>
    public async Task RunAsync(Task work, TimeSpan? step = null)
    {
        var deadline = Stopwatch.StartNew();
        while (!work.IsCompleted)
        {
            Assert.True(deadline.Elapsed < TimeSpan.FromSeconds(60), "The work did not end.");
            await Task.Delay(1);
            if (Volatile.Read(ref _waiting) > 0)
            {
                Advance(step ?? TimeSpan.FromMilliseconds(250));
            }
        }
    }

    private sealed class Counted(TestClock clock, ITimer timer) : ITimer
    {
        private int _ended;

        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
            {
                Interlocked.Decrement(ref clock._waiting);
            }

            timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
