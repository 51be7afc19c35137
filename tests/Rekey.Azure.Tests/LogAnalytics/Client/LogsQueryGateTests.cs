using Rekey.Azure.LogAnalytics.Client;
using Rekey.Azure.Tests.Support;

namespace Rekey.Azure.Tests.LogAnalytics.Client;

public sealed class LogsQueryGateTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Never_more_than_five_at_once_and_200_in_30_seconds()
    {
        var clock = new TestClock();
        using var gate = new LogsQueryGate(clock, TimeSpan.FromHours(1));
        var sent = new List<DateTimeOffset>();
        var (now, most) = (0, 0);
        var books = new Lock();

        async Task<bool> SendAsync()
        {
            lock (books)
            {
                sent.Add(clock.GetUtcNow());
                most = Math.Max(most, ++now);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), clock);
            lock (books)
            {
                now--;
            }

            return true;
        }

        var all = Enumerable.Range(0, 450).Select(_ => gate.RunAsync(SendAsync, static _ => (false, null), Cancel)).ToArray();
        await clock.RunAsync(Task.WhenAll(all), TimeSpan.FromMilliseconds(50));

        Assert.Equal(450, sent.Count);
        Assert.Equal(5, most);
        // Any 201 in a row take longer than the window.
        Assert.All(Enumerable.Range(0, 250), i => Assert.True(sent[i + 200] - sent[i] >= TimeSpan.FromSeconds(30)));
        Assert.InRange(sent[^1] - sent[0], TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(70));
    }

    [Fact]
    public async Task Who_fails_or_gives_up_leaves_the_place_to_others()
    {
        var clock = new TestClock();
        using var gate = new LogsQueryGate(clock, TimeSpan.FromMinutes(1));
        for (var i = 0; i < 10; i++)
        {
            await Assert.ThrowsAsync<IOException>(() =>
                gate.RunAsync<bool>(() => throw new IOException("broken"), static _ => (false, null), Cancel)
            );
        }

        Assert.True(await gate.RunAsync(() => Task.FromResult(true), static _ => (false, null), Cancel));
    }
}
