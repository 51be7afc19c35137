using Rekey.Departures.Feed;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Departures.Feed;

/// <summary>One subscription lives, whatever dies, races or interferes.</summary>
public sealed class RenewSubscriptionTests
{
    /// <summary>What happens before the process that dies runs.</summary>
    public enum Story
    {
        Creates,
        Renews,
        IsDeleted,
        Lapses,
        HasAnotherClientState,
        HasAnotherTopic,
    }

    public static TheoryData<Story, bool, bool> Stories =>
        [
            .. from story in Enum.GetValues<Story>()
            from after in (bool[])[false, true]
            from second in (bool[])[false, true]
            select (story, after, second),
        ];

    [Theory]
    [MemberData(nameof(Stories))]
    public async Task One_lives_wherever_a_process_dies(Story story, bool afterTheEffect, bool allowsSecond)
    {
        for (var effect = 1; ; effect++)
        {
            var world = new FeedWorld { Graph = { AllowsSecond = allowsSecond } };
            await PrepareAsync(world, story);
            var (before, fate) = (world.Graph.Live, new DiesAt(effect, afterTheEffect));
            var died = false;
            try
            {
                await world.NewProcess(fate).TickAsync();
            }
            catch (ProcessDiedException)
            {
                died = true;
            }

            world.Clock.Advance(TimeSpan.FromMinutes(5));
            await world.NewProcess().TickAsync();
            world.Clock.Advance(TimeSpan.FromMinutes(5));
            await world.NewProcess().TickAsync();

            var live = Assert.Single(world.Graph.Live);
            Assert.Equal(world.Options.ClientState, live.ClientState);
            Assert.Contains("location=westeurope", live.Url, StringComparison.Ordinal);
            Assert.Equal(
                (live.Id, live.EndsAt, null, null),
                (world.OnRecord!.Id, world.OnRecord.EndsAt, world.OnRecord.GoneAt, world.OnRecord.AskedEnd)
            );
            Assert.True(live.EndsAt > world.Now + FeedOptions.Lifetime - TimeSpan.FromHours(1));
            // Where Graph allows no second one, a process that dies between the two leaves a gap, and that is reported.
            var isGone = world.Findings.ById.Values.Any(f => f.Kind == FindingKinds.SubscriptionGone);
            Assert.True(isGone || story is not (Story.IsDeleted or Story.Lapses));
            Assert.True(!isGone || story is Story.IsDeleted or Story.Lapses || (!allowsSecond && died));
            Assert.DoesNotContain(world.Findings.Open, f => f.Severity is Severity.Critical);
            Assert.Equal(story is Story.Renews, before.Any(b => b.Id == live.Id));
            if (!died)
            {
                Assert.True(effect > 2, "Nothing was done.");
                return;
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_instances_that_create_at_once_end_with_one(bool allowsSecond)
    {
        foreach (var moment in (string[])["create", "renew", "remove"])
        {
            var world = new FeedWorld { Graph = { AllowsSecond = allowsSecond } };
            if (moment == "renew")
            {
                await PrepareAsync(world, Story.Renews);
            }
            else if (moment == "remove")
            {
                await PrepareAsync(world, Story.HasAnotherClientState);
            }

            world.Graph.After = async call =>
            {
                if (call == moment)
                {
                    world.Graph.After = _ => Task.CompletedTask;
                    await world.NewProcess().TickAsync();
                }
            };
            await world.NewProcess().TickAsync();
            Assert.DoesNotContain(world.Findings.Open, f => f.Severity is Severity.Critical);
            for (var tick = 0; tick < 2; tick++)
            {
                world.Clock.Advance(TimeSpan.FromMinutes(5));
                await world.NewProcess().TickAsync();
            }

            var live = Assert.Single(world.Graph.Live);
            Assert.Equal((live.Id, live.EndsAt), (world.OnRecord!.Id, world.OnRecord.EndsAt));
        }
    }

    [Fact]
    public async Task A_client_state_that_changes_leaves_no_gap_where_graph_allows_a_second()
    {
        var world = new FeedWorld { Graph = { AllowsSecond = true } };
        await PrepareAsync(world, Story.HasAnotherClientState);
        world.Graph.After = _ =>
        {
            Assert.NotEmpty(world.Graph.Live);
            return Task.CompletedTask;
        };
        await world.NewProcess().TickAsync();
        Assert.Equal(world.Options.ClientState, Assert.Single(world.Graph.Live).ClientState);
    }

    [Fact]
    public async Task Another_applications_subscription_and_one_to_another_address_stay()
    {
        var world = new FeedWorld { Graph = { AllowsSecond = true } };
        world.Graph.Add(
            new(
                Guid.NewGuid(),
                "EventGrid:?azuresubscriptionid=1&resourcegroup=2&partnertopic=3&location=westeurope",
                "theirs",
                world.Now + TimeSpan.FromDays(20),
                OfApp: false
            )
        );
        world.Graph.Add(new(Guid.NewGuid(), "https://another.example/hook", "theirs", world.Now + TimeSpan.FromDays(20)));
        await world.NewProcess().TickAsync();
        Assert.Single(world.Graph.OfOthers);
        Assert.Equal(2, world.Graph.Live.Count);
        Assert.Empty(world.Findings.Open);
    }

    [Fact]
    public async Task One_that_blocks_is_named_and_not_removed()
    {
        var world = new FeedWorld();
        var other = Guid.NewGuid();
        world.Graph.Add(new(other, "https://another.example/hook", "theirs", world.Now + TimeSpan.FromDays(20)));
        await world.NewProcess().TickAsync();
        Assert.Contains(
            $"subscriptions/{other}",
            world.Findings.Open.Single(f => f.Kind == FindingKinds.SubscriptionNotRenewed).Remedy,
            StringComparison.Ordinal
        );
        Assert.True(world.IsOpen(FindingKinds.SubscriptionEnding, Severity.Critical));
        Assert.Equal(other, Assert.Single(world.Graph.Live).Id);
    }

    [Fact]
    public async Task An_end_that_another_program_moved_closer_is_moved_back()
    {
        var world = new FeedWorld();
        await PrepareAsync(world, Story.Renews);
        await world.NewProcess().TickAsync();
        var live = world.Graph.Live[0];
        world.Graph.Remove(live.Id);
        world.Graph.Add(live with { EndsAt = world.Now + TimeSpan.FromHours(2) });
        await world.NewProcess().TickAsync();
        Assert.True(Assert.Single(world.Graph.Live).EndsAt > world.Now + TimeSpan.FromDays(28));
    }

    [Fact]
    public async Task A_request_to_reauthorize_is_answered_and_a_forged_or_repeated_one_does_nothing()
    {
        var world = new FeedWorld();
        var process = world.NewProcess();
        await process.TickAsync();
        var id = world.Graph.Live[0].Id;
        world.Clock.Advance(TimeSpan.FromHours(3));
        world.Graph.Calls.Clear();

        await process.Renew.ReauthorizeAsync(Guid.NewGuid().ToString(), world.Now, default);
        await process.Renew.ReauthorizeAsync(subscriptionId: null, world.Now, default);
        Assert.DoesNotContain(world.Graph.Calls, c => c != "list");

        for (var repeated = 0; repeated < 50; repeated++)
        {
            await process.Renew.ReauthorizeAsync(id.ToString(), world.Now + TimeSpan.FromDays(400), default);
            world.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(["reauthorize", "renew"], world.Graph.Calls.Where(c => c != "list"));
        Assert.Equal(1, world.Graph.Live[0].Reauthorized);
    }

    [Fact]
    public async Task Standing_still_costs_a_list_and_a_line_an_hour()
    {
        var world = new FeedWorld();
        var process = world.NewProcess();
        await process.TickAsync();
        world.Graph.Calls.Clear();
        var lines = world.Lines.Count;
        for (var tick = 0; tick < 12 * 20; tick++)
        {
            world.Clock.Advance(TimeSpan.FromMinutes(5));
            await process.TickAsync();
        }

        Assert.All(world.Graph.Calls, c => Assert.Equal("list", c));
        Assert.InRange(world.Lines.Count - lines, 19, 21);
    }

    [Fact]
    public async Task Silence_is_reported_soon_after_creation_and_after_days_later()
    {
        var world = new FeedWorld();
        var process = world.NewProcess();
        await process.TickAsync();
        await LastsAsync(world, process, WatchFeed.FirstEventWithin - TimeSpan.FromMinutes(5));
        Assert.Empty(world.Findings.Open);
        await LastsAsync(world, process, TimeSpan.FromMinutes(10));
        var never = world.Findings.Open.Single();
        Assert.Equal((FindingKinds.SubscriptionSilent, Severity.High), (never.Kind, never.Severity));
        Assert.Contains(
            "az eventgrid partner topic activate --resource-group rg-rekey-test --name pt-users",
            never.Remedy,
            StringComparison.Ordinal
        );

        world.Clock.Advance(RunLedger.Pulse);
        await process.EventAsync();
        await process.Watch.RunAsync(default);
        Assert.Empty(world.Findings.Open);
        await LastsAsync(world, process, world.Feed.SilentAfter);
        Assert.Empty(world.Findings.Open);
        await LastsAsync(world, process, RunLedger.Pulse + TimeSpan.FromHours(1));
        Assert.Equal(FindingKinds.SubscriptionSilent, world.Findings.Open.Single().Kind);
    }

    [Fact]
    public async Task Without_a_partner_topic_rekey_calls_nothing()
    {
        var world = new FeedWorld();
        (world.Feed.PartnerTopicId, world.Feed.Location) = ("", "");
        await world.NewProcess().TickAsync();
        await world.NewProcess().Watch.RunAsync(default);
        Assert.Empty(world.Graph.Calls);
        Assert.Empty(world.Lines);
    }

    [Theory]
    [InlineData("/subscriptions/1/resourceGroups/rg/providers/Microsoft.EventGrid/partnerTopics/pt", "westeurope")]
    [InlineData(FeedWorld.Topic, "West Europe")]
    [InlineData(FeedWorld.Topic, "")]
    [InlineData("", "westeurope")]
    [InlineData(FeedWorld.Topic + "&lifecycle=https://x", "westeurope")]
    public void A_wrong_address_is_a_mistake(string topic, string location) =>
        Assert.NotEmpty(new FeedOptions { PartnerTopicId = topic, Location = location }.Validate());

    private static async Task LastsAsync(FeedWorld world, FeedProcess process, TimeSpan time)
    {
        for (var end = world.Now + time; world.Now < end; )
        {
            world.Clock.Advance(TimeSpan.FromMinutes(5));
            await process.TickAsync();
            await process.Watch.RunAsync(default);
        }
    }

    private static async Task PrepareAsync(FeedWorld world, Story story)
    {
        if (story is Story.Creates)
        {
            return;
        }

        await world.NewProcess().TickAsync();
        world.Clock.Advance(TimeSpan.FromHours(25));
        switch (story)
        {
            case Story.IsDeleted:
                world.Graph.Remove(world.Graph.Live[0].Id);
                break;
            case Story.Lapses:
                world.Clock.Advance(FeedOptions.Lifetime);
                break;
            case Story.HasAnotherClientState:
                world.Options.ClientState = "another secret of the tests";
                break;
            case Story.HasAnotherTopic:
                world.Feed.PartnerTopicId = FeedWorld.Topic.Replace("pt-users", "pt-other", StringComparison.Ordinal);
                break;
        }
    }
}
