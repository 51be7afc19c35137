using Rekey.Core;
using Rekey.Detections;
using Rekey.Detections.Campaigns;
using Rekey.Tests.Detections.Logs;

namespace Rekey.Tests.Detections;

/// <summary>One definition of how long somebody was exposed: for findings, for the command line, and for the truth about sample
/// logs.</summary>
public sealed class DaysExposedTests
{
    private static readonly DateTimeOffset First = new(2026, 1, 1, 22, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, null, 1)]
    [InlineData(1, null, 1)]
    [InlineData(24, null, 1)]
    [InlineData(24.5, null, 2)]
    [InlineData(3, 49.0, 3)]
    [InlineData(49, 3.0, 3)]
    public void From_the_first_use_to_the_last_or_to_the_end_of_trust_where_that_came_later(double lastHours, double? endHours, int days)
    {
        var (last, end) = (First.AddHours(lastHours), endHours is { } hours ? First.AddHours(hours) : (DateTimeOffset?)null);
        var token = new PresentedToken("iss", "jti", "kid", "sub", "aud", First, First.AddHours(1), null, null, null);
        var chunk = new TokenChunk("campaign", 0) { Tokens = [new(token, [new("192.0.2.1", First, last, 2)]) { RaisedAt = last }] };
        Assert.Equal(days, DamageAssessment.Of([chunk], end).DaysExposed);
        var count = new DamageCount();
        count.Add(token, new("192.0.2.1", First, last, 2));
        Assert.Equal(days, Damage.Of("iss", "kid", count, end).DaysExposed);
    }

    [Fact]
    public void No_use_is_no_day() => Assert.Equal(0, DamageAssessment.Of([], First).DaysExposed);

    [Fact]
    public async Task A_finding_tells_the_days_until_the_trust_in_the_key_ended()
    {
        var watch = await Watch.StartAsync(o => o.Rotations.Mode = ResponseMode.Observe);
        var forged = watch.Token(at: watch.Now);
        watch.Use(forged);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        Assert.Equal("1", watch.Finding("tokens-unissued")!.Evidence["daysExposed"]);

        // Two days later the key is ended, and another of its tokens comes to light.
        watch.Options.LateIssuance = TimeSpan.FromDays(9);
        watch.Company.Clock.Advance(TimeSpan.FromDays(2));
        watch.Company.Options.Rotations.Mode = ResponseMode.Enforce;
        var process = watch.Company.NewProcess();
        await process.OrderAsync("departure-1", Rekey.Rotations.Urgency.Immediate);
        await process.DrainAsync();
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("3", watch.Finding("tokens-unissued")!.Evidence["daysExposed"]);
    }
}
