using Azure.Storage.Queues;
using Rekey.Azure.Storage;
using Rekey.Azure.Tests.Support;

namespace Rekey.Azure.Tests.Storage;

/// <summary>The queue of events, as a real queue service holds it.</summary>
[Collection(nameof(Azurite))]
public sealed class UserChangeQueueTests(Azurite azurite)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly QueueServiceClient _service = azurite.Clients().Queues();

    [Fact]
    public async Task A_message_that_is_put_back_never_expires_and_is_not_seen_before_its_time()
    {
        var (queue, client) = await EmptyAsync();
        await queue.PutBackAsync("now", TimeSpan.Zero, Cancel);

        // The service counts whole seconds: a part of one must not become none.
        await queue.PutBackAsync("later", TimeSpan.FromSeconds(0.2), Cancel);
        await queue.PutBackAsync("much later", TimeSpan.FromMinutes(15), Cancel);
        var waiting = await queue.LookAsync(Cancel);
        Assert.Equal(3, waiting.Count);
        Assert.Equal("now", waiting.First[0].Text);
        Assert.DoesNotContain(waiting.First, m => m.Text == "much later");
        var message = (await client.ReceiveMessageAsync(cancellationToken: Cancel)).Value;
        Assert.Equal(9999, message.ExpiresOn!.Value.Year);
    }

    [Theory]
    [InlineData(0.2, 1)]
    [InlineData(3599.7, 3600)]
    [InlineData(60, 60)]
    public async Task A_delay_is_rounded_up_to_whole_seconds(double delay, int asked)
    {
        var sent = new List<string>();
        var service = new QueueServiceClient(azurite.ConnectionString, new QueueClientOptions { Transport = new Recording(sent) });
        await EmptyAsync();
        await new UserChangeQueue(service, TimeProvider.System).PutBackAsync("x", TimeSpan.FromSeconds(delay), Cancel);
        Assert.Contains($"visibilitytimeout={asked}&", Assert.Single(sent) + "&", StringComparison.Ordinal);
        Assert.Contains("messagettl=-1&", sent[0] + "&", StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_queue_has_nothing_and_a_missing_one_is_refused()
    {
        var (queue, client) = await EmptyAsync();
        Assert.Equal((0, 0), ((await queue.LookAsync(Cancel)).Count, (await queue.LookAsync(Cancel)).First.Count));
        await client.DeleteAsync(Cancel);
        await Assert.ThrowsAnyAsync<Exception>(() => queue.LookAsync(Cancel));
        await Assert.ThrowsAnyAsync<Exception>(() => queue.PutBackAsync("x", TimeSpan.Zero, Cancel));
        Assert.False(await client.ExistsAsync(Cancel));
    }

    private async Task<(UserChangeQueue Queue, QueueClient Client)> EmptyAsync()
    {
        var client = _service.GetQueueClient(UserChangeQueue.Name);
        await client.CreateIfNotExistsAsync(cancellationToken: Cancel);
        await client.ClearMessagesAsync(Cancel);
        return (new(_service, TimeProvider.System), client);
    }

    private sealed class Recording(List<string> sent) : global::Azure.Core.Pipeline.HttpClientTransport
    {
        public override async ValueTask ProcessAsync(global::Azure.Core.HttpMessage message)
        {
            sent.Add(message.Request.Uri.Query);
            await base.ProcessAsync(message);
        }
    }
}
