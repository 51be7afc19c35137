using System.Diagnostics;
using Rekey.Azure.Http;
using Rekey.Azure.Tests.Support;
using Rekey.Core;
using static Rekey.Azure.Tests.KeyVault.Vault;

namespace Rekey.Azure.Tests.KeyVault;

public sealed class VaultThrottleTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private static Reply Throttled(string? retryAfter = null)
    {
        var reply = Reply.Error(429, "Throttled");
        if (retryAfter is not null)
        {
            reply.Headers["Retry-After"] = retryAfter;
        }

        return reply;
    }

    [Fact]
    public async Task Rotate_is_sent_again_after_429_and_not_before_the_time_that_the_vault_names()
    {
        await using var vault = await StartAsync();
        vault.Stub.On("POST", "/keys/issuer/rotate", Throttled("7"), Bundle(V2));

        var rotating = vault.Client.RotateKeyAsync(Key, Cancel);
        await vault.Clock.RunAsync(rotating);

        Assert.Equal(V2, (await rotating).Version);
        var sent = vault.Stub.Authorized;
        Assert.Equal(2, sent.Count);
        Assert.InRange(sent[1].At - sent[0].At, TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(9));
    }

    [Fact]
    public async Task Without_a_named_time_the_waits_grow()
    {
        await using var vault = await StartAsync();
        vault.Stub.On("POST", "/keys/issuer/rotate", Throttled(), Throttled(), Throttled(), Throttled(), Bundle(V2));

        var rotating = vault.Client.RotateKeyAsync(Key, Cancel);
        await vault.Clock.RunAsync(rotating);

        Assert.Equal(V2, (await rotating).Version);
        var sent = vault.Stub.Authorized;
        var waits = sent.Zip(sent.Skip(1), (a, b) => (b.At - a.At).TotalSeconds).ToArray();
        Assert.Equal(4, waits.Length);
        Assert.InRange(waits[0], 1, 2);
        Assert.InRange(waits[1], 2, 3.5);
        Assert.InRange(waits[2], 4, 6);
        // The fourth ends with the vault's window of ten seconds.
        Assert.InRange((sent[4].At - sent[0].At).TotalSeconds, 10, 12);
    }

    [Fact]
    public async Task A_longer_wait_than_allowed_is_handed_back_at_once()
    {
        await using var vault = await StartAsync(maxWait: TimeSpan.FromSeconds(60));
        vault.Stub.On("POST", "/keys/issuer/rotate", Throttled("300"));

        var later = await Assert.ThrowsAsync<RetryLaterException>(() => vault.Client.RotateKeyAsync(Key, Cancel));
        Assert.InRange(later.Delay!.Value, TimeSpan.FromSeconds(299), TimeSpan.FromSeconds(300));

        // The next caller is told without troubling the vault.
        await Assert.ThrowsAsync<RetryLaterException>(() => vault.Client.RotateKeyAsync(Key, Cancel));
        Assert.Single(vault.Stub.Authorized);
    }

    [Fact]
    public async Task Throttled_rotates_hold_up_neither_reads_nor_other_vaults()
    {
        await using var vault = await StartAsync();
        var other = Key with { VaultUri = new Uri("https://kv-demo-02.vault.azure.net") };
        vault.Stub.On("POST", "/keys/issuer/rotate", Throttled("30"), Bundle(V2)).On("GET", "/keys/issuer/", Bundle());
        var rotating = vault.Client.RotateKeyAsync(Key, Cancel);
        await UntilAsync(() => vault.Stub.Authorized.Count == 1);

        await vault.Client.GetKeyAsync(Key, version: null, Cancel);
        await vault.Client.RotateKeyAsync(other, Cancel);

        Assert.False(rotating.IsCompleted);
        await vault.Clock.RunAsync(rotating);
        await rotating;
    }

    /// <summary>The measure of the house: at most 1.1 times what the throttle alone needs, and none lost.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_hundred_rotates_take_little_longer_than_the_throttle_needs(bool namesTime)
    {
        const int Keys = 200,
            PerWindow = 20;
        var window = TimeSpan.FromSeconds(10);
        var clock = new TestClock();
        var gate = new RateGate(RateLimits.NewVersions("kv"), TimeSpan.FromMinutes(10), clock);
        var start = clock.GetUtcNow();
        var (opened, used, rejected) = (start, 0, 0);
        var books = new Lock();

        async Task<(int, TimeSpan?)> RotateAsync()
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), clock);
            lock (books)
            {
                var now = clock.GetUtcNow();
                if (now >= opened + window)
                {
                    opened = now;
                    used = 0;
                }

                if (used < PerWindow)
                {
                    used++;
                    return (200, null);
                }

                rejected++;
                return (429, namesTime ? TimeSpan.FromSeconds(Math.Ceiling((opened + window - now).TotalSeconds)) : null);
            }
        }

        var all = Enumerable
            .Range(0, Keys)
            .Select(_ => gate.RunAsync(RotateAsync, r => (r.Item1 == 429, r.Item2), waits: true, Cancel))
            .ToArray();
        await clock.RunAsync(Task.WhenAll(all), TimeSpan.FromMilliseconds(50));

        Assert.All(all, t => Assert.Equal(200, t.Result.Item1));
        var alone = window * ((Keys / PerWindow) - 1);
        var took = clock.GetUtcNow() - start;
        TestContext.Current.TestOutputHelper?.WriteLine($"{took.TotalSeconds:F1} s for {alone.TotalSeconds:F0} s, {rejected} rejections");
        Assert.InRange(took / alone, 1, 1.1);
        Assert.InRange(rejected, 1, Keys);
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        var deadline = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.True(deadline.Elapsed < TimeSpan.FromSeconds(30), "The condition never came.");
            await Task.Delay(2);
        }
    }
}
