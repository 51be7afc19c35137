using Azure.Storage.Queues;
using Rekey.Azure.Storage;
using Rekey.Rotations;

namespace Rekey.Azure.Tests.Storage;

/// <summary>Messages that failed every time, as a real queue service holds them.</summary>
[Collection(nameof(Azurite))]
public sealed class StoragePoisonQueuesTests(Azurite azurite)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly QueueServiceClient _service = azurite.Clients().Queues();

    [Fact]
    public async Task All_that_lies_there_is_taken_and_what_is_removed_stays_away()
    {
        var queues = await EmptiedAsync();
        var sent = new List<string>();
        foreach (var queue in new[] { "departures-poison", "rotations-poison", "sweeps-poison", "user-changes-poison" })
        {
            await _service.GetQueueClient(queue).CreateIfNotExistsAsync(cancellationToken: Cancel);
            for (var i = 0; i < 40; i++)
            {
                sent.Add($"{queue}/{i}");
                await _service.GetQueueClient(queue).SendMessageAsync(sent[^1], Cancel);
            }
        }

        await _service.GetQueueClient("rotations").CreateIfNotExistsAsync(cancellationToken: Cancel);
        await _service.GetQueueClient("rotations").SendMessageAsync("at work", Cancel);

        var taken = new List<PoisonedMessage>();
        await foreach (var message in queues.TakeAsync(Cancel))
        {
            taken.Add(message);
            await queues.RemoveAsync(message, Cancel);
        }

        Assert.Equal(sent.Order(StringComparer.Ordinal), taken.Select(m => m.Text).Order(StringComparer.Ordinal));
        Assert.All(taken, m => Assert.StartsWith(m.PoisonQueue, m.Text, StringComparison.Ordinal));
        Assert.All(taken, m => Assert.Equal($"{m.WorkQueue}-poison", m.PoisonQueue));
        Assert.Equal(0, await CountAsync("rotations-poison"));

        // Removed already, as after a lost answer: no failure.
        await queues.RemoveAsync(taken[0], Cancel);
    }

    [Fact]
    public async Task What_is_not_removed_stays()
    {
        var queues = await EmptiedAsync();
        await _service.GetQueueClient("sweeps-poison").CreateIfNotExistsAsync(cancellationToken: Cancel);
        await _service.GetQueueClient("sweeps-poison").SendMessageAsync("stays", Cancel);
        Assert.Equal("stays", Assert.Single(await queues.TakeAsync(Cancel).ToListAsync(Cancel)).Text);
        Assert.Equal(1, await CountAsync("sweeps-poison"));
    }

    private async Task<StoragePoisonQueues> EmptiedAsync()
    {
        foreach (var queue in await _service.GetQueuesAsync(cancellationToken: Cancel).ToListAsync(Cancel))
        {
            await _service.DeleteQueueAsync(queue.Name, Cancel);
        }

        return new(_service, _service, TimeProvider.System);
    }

    private async Task<int> CountAsync(string queue) => (await _service.GetQueueClient(queue).GetPropertiesAsync(Cancel)).Value.ApproximateMessagesCount;
}
