using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Rekey.Local.FunctionsHost.Configuration;
using Rekey.Local.FunctionsHost.Configuration.Triggers;

namespace Rekey.Local.FunctionsHost.Queues;

/// <summary>
/// Polls one queue: batches while there is room, quick after activity, slower and slower when it stays empty or is not there.
/// </summary>
internal sealed class QueueListener(
    FunctionDefinition function,
    QueueMessageProcessor processor,
    PauseGate pause,
    QueueSettings settings,
    LocalFunctionsHostOptions options,
    HostLog log
)
{
    private static readonly TimeSpan Quickest = TimeSpan.FromMilliseconds(100);

    private readonly QueueTriggerDefinition trigger = (QueueTriggerDefinition)function.Trigger;
    private readonly HashSet<Task> working = [];

    /// <param name="onStorageGone">Called when receiving has failed as often as the storage client tries: that ends the host.</param>
    public async Task RunAsync(Action<string> onStorageGone, CancellationToken cancellationToken)
    {
        var queue = QueueClients.Make(trigger.ConnectionString, trigger.QueueName, options.StorageRetryDelay);
        var wait = Quickest;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await pause.PassAsync(cancellationToken);
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
            catch (RequestFailedException refused)
            {
                log.Error($"Polling the queue '{trigger.QueueName}' failed: {refused.Status} {refused.ErrorCode}", function.Name);
                wait = Longer(wait);
                await Task.WhenAny(Task.Delay(wait, cancellationToken));
            }
            catch (AggregateException gone)
            {
                onStorageGone($"Receiving from the queue '{trigger.QueueName}' failed: {gone.Message}");
                break;
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
            return await queue.ReceiveMessagesAsync(settings.BatchSize, options.QueueLease, cancellationToken);
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            return [];
        }
    }
}
