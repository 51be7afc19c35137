using Azure.Storage.Queues;
using Rekey.Azure.Storage;
using Rekey.Azure.Tests.Support;
using Rekey.Messaging;

namespace Rekey.Azure.Tests.Storage;

/// <summary>Messages that failed every time, as a real queue service holds them.</summary>
[Collection(nameof(Azurite))]
public sealed class StoragePoisonQueuesTests(Azurite azurite)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly QueueServiceClient _state = azurite.Clients().Queues();
    private readonly QueueServiceClient _evidence = azurite.OtherClients().Queues();

    [Fact]
    public async Task All_that_lies_there_is_taken_and_what_is_removed_stays_away()
    {
        var queues = await EmptiedAsync();
        var sent = new List<string>();
        foreach (
            var (service, queue) in new[]
            {
                (_state, "departures-poison"),
                (_state, "rotations-poison"),
                (_state, "sweeps-poison"),
                (_evidence, "user-changes-poison"),
            }
        )
        {
            await service.GetQueueClient(queue).CreateIfNotExistsAsync(cancellationToken: Cancel);
            for (var i = 0; i < 40; i++)
            {
                sent.Add($"{queue}/{i}");
                await service.GetQueueClient(queue).SendMessageAsync(sent[^1], Cancel);
            }
        }

        // Of the same names, in the account of the other: anybody who writes there has put them there.
        foreach (var (service, queue) in new[] { (_state, "user-changes-poison"), (_evidence, "rotations-poison"), (_state, "rotations") })
        {
            await service.GetQueueClient(queue).CreateIfNotExistsAsync(cancellationToken: Cancel);
            await service.GetQueueClient(queue).SendMessageAsync("not to be taken", Cancel);
        }

        var taken = new List<PoisonedMessage>();
        foreach (var queue in queues.WorkQueues)
        {
            await foreach (var message in queues.TakeAsync(queue, Cancel))
            {
                taken.Add(message);
                await queues.RemoveAsync(message, Cancel);
            }
        }

        Assert.Equal(sent.Order(StringComparer.Ordinal), taken.Select(m => m.Text).Order(StringComparer.Ordinal));
        Assert.All(taken, m => Assert.StartsWith(m.PoisonQueue, m.Text, StringComparison.Ordinal));
        Assert.All(taken, m => Assert.Equal($"{m.WorkQueue}-poison", m.PoisonQueue));
        Assert.Equal(0, await CountAsync(_state, "rotations-poison"));
        Assert.Equal(0, await CountAsync(_evidence, "user-changes-poison"));

        // Removed already, as after a lost answer: no failure.
        await queues.RemoveAsync(taken[0], Cancel);
    }

    [Fact]
    public async Task What_is_not_removed_stays()
    {
        var queues = await EmptiedAsync();
        await _state.GetQueueClient("sweeps-poison").CreateIfNotExistsAsync(cancellationToken: Cancel);
        await _state.GetQueueClient("sweeps-poison").SendMessageAsync("stays", Cancel);
        Assert.Equal("stays", Assert.Single(await queues.TakeAsync("sweeps", Cancel).ToListAsync(Cancel)).Text);
        Assert.Equal(1, await CountAsync(_state, "sweeps-poison"));
    }

    private async Task<StoragePoisonQueues> EmptiedAsync()
    {
        foreach (var service in new[] { _state, _evidence })
        {
            foreach (var queue in await service.GetQueuesAsync(cancellationToken: Cancel).ToListAsync(Cancel))
            {
                await service.DeleteQueueAsync(queue.Name, Cancel);
            }
        }

        return new(_state, _evidence, TimeProvider.System);
    }

    private static async Task<int> CountAsync(QueueServiceClient service, string queue) =>
        (await service.GetQueueClient(queue).GetPropertiesAsync(Cancel)).Value.ApproximateMessagesCount;
}
