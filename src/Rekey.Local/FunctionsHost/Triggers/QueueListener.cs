using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Rekey.Local.FunctionsHost.Configuration;
using Rekey.Local.FunctionsHost.Handlers;

namespace Rekey.Local.FunctionsHost.Triggers;

/// <summary>Polls one queue: batches while there is room, quick after activity, slower and slower when it stays empty.</summary>
internal sealed class QueueListener(FunctionDefinition function, QueueMessageProcessor processor, HandlerProcess handler, PauseGate pause, QueueSettings settings, TimeSpan lease, HostLog log)
{
    private static readonly TimeSpan Quickest = TimeSpan.FromMilliseconds(100);

    private readonly QueueTriggerDefinition trigger = (QueueTriggerDefinition)function.Trigger;
    private readonly HashSet<Task> working = [];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var queue = new QueueClient(trigger.ConnectionString, trigger.QueueName);
        var wait = Quickest;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await pause.PassAsync(cancellationToken);
                await handler.WaitUntilReadyAsync(cancellationToken);
                await RoomAsync(cancellationToken);
                var messages = await ReceiveAsync(queue, cancellationToken);
                foreach (var message in messages)
                {
                    working.Add(processor.ProcessAsync(queue, message));
                }

                wait = messages.Length > 0 ? Quickest : Longer(wait);
                // Work that ends is activity too: what it caused may be in this very queue.
                await Task.WhenAny([.. working, Task.Delay(wait, cancellationToken)]);
                wait = working.RemoveWhere(task => task.IsCompleted) > 0 ? Quickest : wait;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }
            catch (HandlerStartException)
            {
                // The host has given the handler up; nothing can be worked on any more.
                break;
            }
            catch (Exception broken) when (broken is RequestFailedException or AggregateException)
            {
                log.Error($"Polling the queue '{trigger.QueueName}' failed: {(broken as RequestFailedException)?.ErrorCode ?? broken.GetType().Name}", function.Name);
                wait = Longer(wait);
                await Task.WhenAny(Task.Delay(wait, cancellationToken));
            }
        }

        await Task.WhenAll(working);
    }

    private TimeSpan Longer(TimeSpan wait) => wait * 2 < settings.MaxPollingInterval ? wait * 2 : settings.MaxPollingInterval;

    private async Task RoomAsync(CancellationToken cancellationToken)
    {
        working.RemoveWhere(task => task.IsCompleted);
        while (working.Count > settings.NewBatchThreshold)
        {
            await Task.WhenAny(working).WaitAsync(cancellationToken);
            working.RemoveWhere(task => task.IsCompleted);
        }
    }

    private async Task<QueueMessage[]> ReceiveAsync(QueueClient queue, CancellationToken cancellationToken)
    {
        try
        {
            return await queue.ReceiveMessagesAsync(settings.BatchSize, lease, cancellationToken);
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            await queue.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            return [];
        }
    }
}
