using System.Diagnostics;

namespace Rekey.EndToEnd.Tests.Support;

/// <summary>Waits for what real processes do; fails the test when it does not come about in time.</summary>
internal static class PollUntil
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <summary>The first value that is not null.</summary>
    public static async Task<T> ForAsync<T>(string what, Func<Task<T?>> look)
        where T : class
    {
        for (var elapsed = Stopwatch.StartNew(); ; await Task.Delay(100, TestContext.Current.CancellationToken))
        {
            if (await look() is { } found)
            {
                return found;
            }

            Assert.True(elapsed.Elapsed < Patience, $"Within {Patience.TotalMinutes:0} minutes it did not come about: {what}.");
        }
    }

    public static Task UntilAsync(string what, Func<Task<bool>> holds) => ForAsync(what, async () => await holds() ? "yes" : null);
}
