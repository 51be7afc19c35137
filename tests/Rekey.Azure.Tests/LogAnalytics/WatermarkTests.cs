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
        await Task.WhenAll(Enumerable.Range(1, 8).Select(i => Instance().CompleteAsync(now.AddMinutes(-i), Cancel)));

        Assert.Equal(now.AddMinutes(-1), await Instance().FindAsync(Cancel));
    }
}
