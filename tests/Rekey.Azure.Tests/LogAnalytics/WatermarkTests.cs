using Rekey.Azure.LogAnalytics;
using Rekey.Azure.Storage;

namespace Rekey.Azure.Tests.LogAnalytics;

/// <summary>The watermark where it lies: in Tables.</summary>
[Collection(nameof(Azurite))]
public sealed class WatermarkTests(Azurite azurite)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_completes_and_how_often_the_highest_stays()
    {
        var clock = new TestClock();
        var options = new LogAnalyticsOptions { WorkspaceId = Guid.NewGuid().ToString() };
        var now = clock.GetUtcNow();
        SweepProgress Instance() => new(new TableRecords<SweepWatermark>(azurite.Clients().Tables(), clock), options, clock);
        Assert.Null(await Instance().FindAsync(Cancel));

        var began = await Task.WhenAll(Enumerable.Range(1, 5).Select(i => Instance().BeginAsync(now.AddDays(-i), Cancel)));
        Assert.Single(began.Distinct());
        await Task.WhenAll(Enumerable.Range(1, 8).Select(i => Instance().CompleteAsync(new(now.AddHours(-2), now.AddHours(-1), now.AddMinutes(-i)), Cancel)));

        Assert.Equal(now.AddMinutes(-1), await Instance().FindAsync(Cancel));
    }

    [Fact]
    public async Task A_window_that_is_never_completed_becomes_smaller_and_grows_back()
    {
        var clock = new TestClock();
        var options = new LogAnalyticsOptions { WorkspaceId = Guid.NewGuid().ToString() };
        SweepProgress Instance() => new(new TableRecords<SweepWatermark>(azurite.Clients().Tables(), clock), options, clock);
        var since = await Instance().BeginAsync(clock.GetUtcNow().AddDays(-5), Cancel);
        async Task<TimeSpan> LengthAsync() => (await Instance().NextAsync(since, Cancel))!.Until - since;

        Assert.Equal(options.MaxWindow, await LengthAsync());
        Assert.Equal(options.MaxWindow / 2, await LengthAsync());
        Assert.Equal(options.MaxWindow / 4, await LengthAsync());
        since += options.MaxWindow / 4;
        await Instance().CompleteAsync(new(since, since, since), Cancel);
        Assert.Equal(options.MaxWindow / 2, await LengthAsync());
        since += options.MaxWindow / 2;
        await Instance().CompleteAsync(new(since, since, since), Cancel);
        Assert.Equal(options.MaxWindow, await LengthAsync());

        // It never becomes nothing.
        for (var n = 0; n < 20; n++)
        {
            Assert.InRange(await LengthAsync(), TimeSpan.FromMinutes(1), options.MaxWindow);
        }
    }
}
