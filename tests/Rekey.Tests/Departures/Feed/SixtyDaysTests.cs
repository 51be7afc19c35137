using CsCheck;
using Rekey.Core;
using Rekey.Departures.Feed;
using Rekey.Findings;
using Rekey.Tests.Support;

namespace Rekey.Tests.Departures.Feed;

/// <summary>Sixty days with outages of every length and place: the subscription lives, or people heard of it in time.</summary>
public sealed class SixtyDaysTests
{
    private static readonly TimeSpan Days = TimeSpan.FromDays(60);
    private static readonly TimeSpan Step = TimeSpan.FromHours(1);

    private static readonly Gen<Outage> Outages = Gen.Select(
            Gen.Int[1, 59 * 24],
            Gen.OneOf(Gen.Int[1, 48], Gen.Int[1, 45 * 24]),
            Gen.Enum<Trouble>()
        )
        .Select((from, hours, trouble) => new Outage(TimeSpan.FromHours(from), TimeSpan.FromHours(hours), trouble));

    /// <summary>What an outage is.</summary>
    public enum Trouble
    {
        /// <summary>Graph does not answer.</summary>
        Silence,

        /// <summary>Graph refuses: the permission was taken away.</summary>
        Refusal,

        /// <summary>Graph lists, and fails at everything that changes something.</summary>
        WritesFail,

        /// <summary>The function does not run.</summary>
        NoTimer,
    }

    [Fact]
    public void It_lives_or_people_heard_before_anything_was_lost() =>
        Outages
            .Array[0, 4]
            .Sample(
                outages =>
                {
                    RunAsync(outages).GetAwaiter().GetResult();
                },
                iter: Runs.Of(15),
                threads: 1
            );

    [Theory]
    [InlineData(Trouble.Silence)]
    [InlineData(Trouble.Refusal)]
    [InlineData(Trouble.WritesFail)]
    [InlineData(Trouble.NoTimer)]
    public async Task An_outage_that_never_ends_is_critical_a_week_before_the_end(Trouble trouble) =>
        Assert.True(await RunAsync([new(TimeSpan.FromDays(3), Days, trouble)]));

    /// <returns>Whether it lapsed.</returns>
    private static async Task<bool> RunAsync(IReadOnlyList<Outage> outages)
    {
        var world = new FeedWorld();
        var (process, start) = (world.NewProcess(), world.Now);
        var (criticalSince, calmSince, lapsed) = ((DateTimeOffset?)null, start, false);
        for (; world.Now < start + Days; world.Clock.Advance(Step))
        {
            var at = world.Now - start;
            var now = outages.Where(o => o.From <= at && at < o.From + o.Length).Select(o => o.Trouble).ToList();
            world.Graph.Fault = call => Strike(now, call);
            if (!now.Contains(Trouble.NoTimer))
            {
                await process.TickAsync();
            }

            if (world.Graph.Live.Count > 0)
            {
                await process.EventAsync();
            }

            await process.Watch.RunAsync(default);

            // 1. Without a subscription a critical finding stands, and it stood days before the end.
            var isCritical = world.IsOpen(FindingKinds.SubscriptionEnding, Severity.Critical);
            criticalSince = isCritical ? criticalSince ?? world.Now : null;
            if (world.Graph.Live.Count == 0)
            {
                lapsed = true;
                Assert.True(isCritical, $"Nothing lives at {at}, and nothing critical stands.");
                var ended = world.OnRecord!.GoneAt ?? world.OnRecord.EndsAt;
                Assert.True(ended - criticalSince >= world.Feed.CriticalWhenLeft - Step, $"Critical since {criticalSince}, end {ended}.");
            }

            // 2. In calm times there is one subscription, which has weeks to live, and no finding.
            calmSince = now.Count > 0 ? world.Now : calmSince;
            if (world.Now - calmSince > Step)
            {
                var live = Assert.Single(world.Graph.Live);
                Assert.True(live.EndsAt - world.Now > FeedOptions.Lifetime - world.Feed.RenewAfter - (2 * Step));
                Assert.Equal((live.Id, live.EndsAt), (world.OnRecord!.Id, world.OnRecord.EndsAt));
                Assert.All(world.Findings.Open, f => Assert.Equal(FindingKinds.SubscriptionGone, f.Kind));
            }
        }

        return lapsed;
    }

    private static void Strike(List<Trouble> now, string call)
    {
        if (now.Contains(Trouble.Refusal))
        {
            throw new CannotContinueException("graph-forbidden", "403.", "Grant User.Read.All.");
        }

        if (now.Contains(Trouble.Silence) || (now.Contains(Trouble.WritesFail) && call != "list"))
        {
            throw new RetryLaterException("No reply.");
        }
    }

    private sealed record Outage(TimeSpan From, TimeSpan Length, Trouble Trouble);
}
