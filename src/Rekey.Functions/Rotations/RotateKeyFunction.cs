using Rekey.Azure.Storage;
using Rekey.Azure.Storage.Connections;
using Rekey.Core;
using Rekey.Functions.Wire;
using Rekey.Messaging;
using Rekey.Rotations;

namespace Rekey.Functions.Rotations;

/// <summary>Queue <c>rotations</c>: continues one rotation as far as possible now.</summary>
public sealed class RotateKeyFunction(
    AdvanceRotation advance,
    IWorkQueue queue,
    TimeProvider timeProvider,
    RunTrigger trigger,
    ILogger<RotateKeyFunction> log
)
{
    private const string Name = "RotateKey";

    [Function(Name)]
    public Task RunAsync(
        [QueueTrigger(StorageQueues.Rotations, Connection = StorageConnection.State)] string message,
        CancellationToken cancellationToken
    ) => trigger.RunAsync(Name, message, (value, deadline) => RotateAsync(WorkMessage.Id(value, "key"), deadline), cancellationToken);

    private async Task RotateAsync(string keyId, CancellationToken cancellationToken)
    {
        RotationProgress? progress;
        try
        {
            progress = await advance.AdvanceAsync(keyId, cancellationToken);
        }
        catch (RetryLaterException e)
        {
            // The message is good: it must not count towards the poison queue.
            await queue.EnqueueRotationAsync(keyId, e.Delay ?? TimeSpan.FromSeconds(5), cancellationToken);
            return;
        }

        if (progress is null)
        {
            return;
        }

        log.LogInformation("A rotation went on. Key: {Key}. State: {State}. Next: {Next}", keyId, progress.State, progress.NextStepAt);

        // The call that took a step puts the next one in the queue: one message per step, however many arrived.
        if (progress.IsNew && WorkMessage.DelayUntil(progress.NextStepAt, timeProvider) is { } delay)
        {
            await queue.EnqueueRotationAsync(keyId, delay, cancellationToken);
        }
    }
}
