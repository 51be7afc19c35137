using System.Diagnostics;

namespace Rekey.Local.Tests.Support;

/// <summary>Waits for something that a real process does; fails the test when it does not happen in time.</summary>
public static class Poll
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    public static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var elapsed = Stopwatch.StartNew(); !await condition(); )
        {
            Assert.True(elapsed.Elapsed < Deadline, $"It did not happen within {Deadline.TotalMinutes:0} minutes.");
            await Task.Delay(25, TestContext.Current.CancellationToken);
        }
    }
}
