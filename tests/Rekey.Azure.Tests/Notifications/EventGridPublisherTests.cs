using System.Text.Json;
using Azure.Messaging.EventGrid;
using Rekey.Azure.Notifications;
using Rekey.Azure.Tests.Support;
using Rekey.Core;
using Rekey.Messaging;

namespace Rekey.Azure.Tests.Notifications;

public sealed class EventGridPublisherTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private static OutgoingEvent Event(int number) =>
        new(
            $"id-{number}",
            "Rekey.KeyRotated",
            "kv/issuer",
            DateTimeOffset.UnixEpoch,
            new() { ["version"] = "v" },
            new(3_000_000_000, "0a0b")
        );

    [Fact]
    public async Task Events_go_out_as_CloudEvents_in_batches()
    {
        await using var stub = await StartAsync(new Reply(200));
        await Publisher(stub).PublishAsync([.. Enumerable.Range(0, 150).Select(Event)], Cancel);

        Assert.Equal(2, stub.Requests.Count);
        var sent = stub.Requests.First();
        Assert.StartsWith("application/cloudevents-batch+json", sent.Headers.ContentType.ToString());
        var first = JsonDocument.Parse(sent.Body).RootElement[0];
        Assert.Equal(
            ("id-0", "Rekey.KeyRotated", "kv/issuer", "/rekey", "v"),
            (
                first.GetProperty("id").GetString(),
                first.GetProperty("type").GetString(),
                first.GetProperty("subject").GetString(),
                first.GetProperty("source").GetString(),
                first.GetProperty("data").GetProperty("version").GetString()
            )
        );
        Assert.Equal(("3000000000", "0a0b"), (first.GetProperty("ledgercount").GetString(), first.GetProperty("ledgerhash").GetString()));
    }

    [Fact]
    public async Task An_outage_is_tried_later_and_a_refusal_needs_somebody()
    {
        await using var stub = await StartAsync(Reply.Error(503, "X"));
        await Assert.ThrowsAsync<RetryLaterException>(() => Publisher(stub).PublishAsync([Event(1)], Cancel));
        stub.On("POST", "/api/events", Reply.Error(403, "Forbidden"));
        await Assert.ThrowsAsync<CannotContinueException>(() => Publisher(stub).PublishAsync([Event(1)], Cancel));
    }

    [Fact]
    public async Task Without_a_topic_nothing_is_sent()
    {
        var publisher = new EventGridPublisher(client: null, "/rekey", TimeProvider.System);
        Assert.False(publisher.Enabled);
        await publisher.PublishAsync([Event(1)], Cancel);
    }

    private static async Task<StubServer> StartAsync(Reply reply)
    {
        var stub = await StubServer.StartAsync();
        stub.Challenge = null;
        return stub.On("POST", "/api/events", reply);
    }

    private static EventGridPublisher Publisher(StubServer stub)
    {
        var options = new EventGridPublisherClientOptions { Transport = stub.Transport() };
        options.Retry.MaxRetries = 0;
        return new EventGridPublisher(
            new EventGridPublisherClient(new Uri("https://t.westeurope-1.eventgrid.azure.net/api/events"), new FakeCredential(), options),
            "/rekey",
            TimeProvider.System
        );
    }
}
