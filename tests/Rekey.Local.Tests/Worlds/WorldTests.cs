using Azure.Storage.Queues;
using Rekey.Local.FunctionsHost;
using Rekey.Local.Tests.FunctionsHost.Support;
using Rekey.Local.Worlds;

namespace Rekey.Local.Tests.Worlds;

public sealed class WorldTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_world_hosts_an_app_and_delivers_events_as_Event_Grid_does()
    {
        using var app = new AppFolder();
        await using var world = await World.StartAsync(
            new()
            {
                Keys = [new("shop")],
                AppRoot = app.Path,
                Settings = new Dictionary<string, string> { ["Queues"] = "rec" },
            },
            Cancellation
        );
        Assert.Equal((HostState.Running, 1), (world.Host.State, world.Host.WorkerStarts));
        using (var answer = await world.Http.GetAsync(new Uri(world.HostAddress, "items/1"), Cancellation))
        {
            Assert.True(answer.IsSuccessStatusCode);
        }

        const string Event = """{"specversion":"1.0","id":"1"}""";
        await world.DeliverAsync(Event, cancellationToken: Cancellation);
        await world.DeliverAsync(Event, plain: true, Cancellation);

        var queue = new QueueClient(world.EvidenceConnection, "user-changes");
        var messages = (await queue.PeekMessagesAsync(10, Cancellation)).Value;
        Assert.Equal(
            [Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Event)), Event],
            messages.Select(message => message.MessageText)
        );
        // Never.
        Assert.All(messages, message => Assert.Equal(9999, message.ExpiresOn!.Value.Year));
        foreach (var name in (string[])["departures", "rotations", "sweeps"])
        {
            Assert.True(await new QueueClient(world.StateConnection, name).ExistsAsync(Cancellation));
        }

        await using var another = await world.StartAnotherHostAsync(Cancellation);
        Assert.NotEqual(world.Host.Address, another.Address);
        Assert.Contains("Host started", await File.ReadAllTextAsync(world.LogFile, Cancellation), StringComparison.Ordinal);
    }
}
