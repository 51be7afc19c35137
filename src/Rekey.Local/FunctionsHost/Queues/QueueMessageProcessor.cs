using System.Text;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Rekey.Local.FunctionsHost.Configuration;
using Rekey.Local.FunctionsHost.Configuration.Triggers;
using Rekey.Local.FunctionsHost.Worker;

namespace Rekey.Local.FunctionsHost.Queues;

/// <summary>One message: worked on under a renewed lease, then deleted, shown again, or moved to the poison queue.</summary>
/// <remarks>
/// A poison queue has none of its own: what fails there stays hidden until its lease ends, comes as often as any message, and is not
/// delivered from then on.
/// </remarks>
/// <param name="abandoned">The host is gone: a message that is not settled by then stays hidden until its lease ends.</param>
internal sealed class QueueMessageProcessor(
    FunctionDefinition function,
    Invoker invoker,
    QueueSettings settings,
    LocalFunctionsHostOptions options,
    HostLog log,
    CancellationToken abandoned
)
{
    private const string PoisonSuffix = "-poison";
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly QueueTriggerDefinition trigger = (QueueTriggerDefinition)function.Trigger;

    private bool HasPoisonQueue => !trigger.QueueName.EndsWith(PoisonSuffix, StringComparison.Ordinal);

    public async Task ProcessAsync(QueueClient queue, QueueMessage message)
    {
        try
        {
            var (succeeded, receipt) =
                message.DequeueCount <= settings.MaxDequeueCount
                    ? await InvokeUnderLeaseAsync(queue, message)
                    : (false, message.PopReceipt);
            abandoned.ThrowIfCancellationRequested();
            await SettleAsync(queue, message, succeeded, receipt);
        }
        catch (Exception lost) when (lost is RequestFailedException or AggregateException)
        {
            // The lease was lost or the service is away: the message shows up again by itself, which at-least-once allows.
            log.Error($"A message of '{trigger.QueueName}' could not be settled: {Why(lost)}", function.Name);
        }
        catch (OperationCanceledException)
        {
            log.Warning($"A message of '{trigger.QueueName}' is left hidden", function.Name);
        }
    }

    private async Task SettleAsync(QueueClient queue, QueueMessage message, bool succeeded, string receipt)
    {
        if (succeeded)
        {
            await queue.DeleteMessageAsync(message.MessageId, receipt, abandoned);
        }
        else if (!HasPoisonQueue)
        {
            log.Error($"A message of '{trigger.QueueName}' failed, and a poison queue has no other behind it", function.Name);
        }
        else if (message.DequeueCount >= settings.MaxDequeueCount)
        {
            await PoisonAsync(queue, message, receipt);
        }
        else
        {
            await queue.UpdateMessageAsync(
                message.MessageId,
                receipt,
                visibilityTimeout: settings.VisibilityTimeout,
                cancellationToken: abandoned
            );
        }
    }

    private async Task<(bool Succeeded, string Receipt)> InvokeUnderLeaseAsync(QueueClient queue, QueueMessage message)
    {
        if (Decode(message.MessageText) is not { } text)
        {
            log.Error($"A message of '{trigger.QueueName}' is not base64, which messageEncoding asks for", function.Name);
            return (false, message.PopReceipt);
        }

        // Number and dates go as JSON, and members of the message over them.
        var metadata = new TriggerMetadata()
            .Text("QueueTrigger", text)
            .Json("DequeueCount", message.DequeueCount)
            .Json("ExpirationTime", message.ExpiresOn ?? default)
            .Text("Id", message.MessageId)
            .Json("InsertionTime", message.InsertedOn ?? default)
            .Json("NextVisibleTime", message.NextVisibleOn ?? default)
            .Text("PopReceipt", message.PopReceipt)
            .Members(text);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(abandoned);
        var renewal = RenewAsync(queue, message, done.Token);
        var result = await invoker.InvokeAsync(function, new TypedData { String = text }, metadata);
        await done.CancelAsync();
        return (result.Succeeded, await renewal);
    }

    /// <summary>Keeps the message invisible; returns the receipt that is valid at the end.</summary>
    private async Task<string> RenewAsync(QueueClient queue, QueueMessage message, CancellationToken done)
    {
        var receipt = message.PopReceipt;
        try
        {
            while (true)
            {
                await Task.Delay(options.QueueLease / 2, done);
                var renewed = await queue.UpdateMessageAsync(
                    message.MessageId,
                    receipt,
                    visibilityTimeout: options.QueueLease,
                    cancellationToken: CancellationToken.None
                );
                receipt = renewed.Value.PopReceipt;
            }
        }
        catch (OperationCanceledException)
        {
            return receipt;
        }
        catch (Exception refused) when (refused is RequestFailedException or AggregateException)
        {
            log.Warning($"A message of '{trigger.QueueName}' could not be kept: {Why(refused)}", function.Name);
            return receipt;
        }
    }

    private async Task PoisonAsync(QueueClient queue, QueueMessage message, string receipt)
    {
        var poison = QueueClients.Make(trigger.ConnectionString, trigger.QueueName + PoisonSuffix, options.StorageRetryDelay);
        await poison.CreateIfNotExistsAsync(cancellationToken: abandoned);
        await poison.SendMessageAsync(message.MessageText, abandoned);
        await queue.DeleteMessageAsync(message.MessageId, receipt, abandoned);
        log.Error(
            $"A message of '{trigger.QueueName}' failed {settings.MaxDequeueCount} times and was moved to '{poison.Name}'",
            function.Name
        );
    }

    private static string Why(Exception failed) => (failed as RequestFailedException)?.ErrorCode ?? failed.GetType().Name;

    private string? Decode(string text)
    {
        if (!settings.Base64)
        {
            return text;
        }

        try
        {
            return Strict.GetString(Convert.FromBase64String(text));
        }
        catch (Exception other) when (other is FormatException or DecoderFallbackException)
        {
            return null;
        }
    }
}
