using Rekey.Azure.Http;
using Rekey.Azure.Tests.Support;

namespace Rekey.Azure.Tests.Http;

/// <summary>A vault that counts in windows of ten seconds and names its waits in whole seconds, rounded up.</summary>
public sealed class QuotaWindowTests
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(10)]
    [InlineData(20)]
    public async Task Once_a_window_has_shown_its_quota_the_next_ones_open_without_a_refusal(int quota)
    {
        var vault = new CountingVault(quota);
        await vault.MakeAsync(quota * 6);

        Assert.Equal(Enumerable.Repeat(quota, 6), vault.Passed);
        Assert.All(vault.Refused.Skip(1), refused => Assert.Equal(0, refused));
        Assert.InRange(vault.Refused[0], 1, 8);
    }

    [Fact]
    public async Task What_others_leave_of_a_quota_is_not_taken_for_the_quota()
    {
        // Seven of twenty are somebody else's, for three windows.
        var vault = new CountingVault(20, window => window < 3 ? 7 : 0);
        await vault.MakeAsync((13 * 3) + (20 * 4));

        Assert.Equal([13, 13, 13, 20, 20, 20, 20], vault.Passed);
        Assert.All(vault.Refused.Take(4), refused => Assert.InRange(refused, 1, 8));
        Assert.All(vault.Refused.Skip(4), refused => Assert.Equal(0, refused));
    }

    [Fact]
    public async Task When_others_come_it_goes_by_what_the_vault_says_again()
    {
        var vault = new CountingVault(20, window => window is 2 or 3 ? 5 : 0);
        await vault.MakeAsync(20 + 20 + 15 + 15 + 20);

        Assert.Equal([20, 20, 15, 15, 20], vault.Passed);
        Assert.Equal(0, vault.Refused[1]);
        Assert.All(vault.Refused.Skip(2).Take(2), refused => Assert.InRange(refused, 1, 8));
    }

    /// <summary>Counts what it lets pass and refuses, window by window.</summary>
    private sealed class CountingVault(int quota, Func<int, int>? others = null)
    {
        private readonly TestClock _clock = new();
        private readonly Lock _lock = new();
        private DateTimeOffset _opened = DateTimeOffset.MinValue;

        public List<int> Passed { get; } = [];

        public List<int> Refused { get; } = [];

        public async Task MakeAsync(int count)
        {
            var gate = new RateGate(RateLimits.NewVersions("kv"), TimeSpan.FromMinutes(30), _clock);
            var all = Enumerable
                .Range(0, count)
                .Select(_ =>
                    gate.RunAsync(CallAsync, reply => (reply is not null, reply), waits: true, TestContext.Current.CancellationToken)
                )
                .ToList();
            await _clock.RunAsync(Task.WhenAll(all), TimeSpan.FromMilliseconds(50));
            Assert.Equal(count, Passed.Sum());
        }

        /// <summary>Null when it passed, otherwise the wait.</summary>
        private async Task<TimeSpan?> CallAsync()
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), _clock);
            var answer = Count();
            await Task.Delay(TimeSpan.FromMilliseconds(50), _clock);
            return answer;
        }

        private TimeSpan? Count()
        {
            lock (_lock)
            {
                var now = _clock.GetUtcNow();
                if (now >= _opened + Window)
                {
                    Passed.Add(0);
                    Refused.Add(0);
                    _opened = now;
                }

                if (Passed[^1] + (others?.Invoke(Passed.Count - 1) ?? 0) < quota)
                {
                    Passed[^1]++;
                    return null;
                }

                Refused[^1]++;
                return TimeSpan.FromSeconds(Math.Ceiling((_opened + Window - now).TotalSeconds));
            }
        }
    }
}
