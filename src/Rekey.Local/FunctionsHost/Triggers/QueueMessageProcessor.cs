using System.Text;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Rekey.Local.FunctionsHost.Configuration;
using Rekey.Local.FunctionsHost.Envelopes;
using Rekey.Local.FunctionsHost.Invocations;

namespace Rekey.Local.FunctionsHost.Triggers;

/// <summary>One message: worked on under a renewed lease, then deleted, shown again, or moved to the poison queue.</summary>
/// <remarks>A poison queue has none of its own: what fails there stays hidden until its lease ends, comes as often as any message, and is not delivered from then on.</remarks>
internal sealed class QueueMessageProcessor(FunctionDefinition function, Invoker invoker, QueueSettings settings, TimeSpan lease, HostLog log)
{
    private const string PoisonSuffix = "-poison";
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly QueueTriggerDefinition trigger = (QueueTriggerDefinition)function.Trigger;

    private bool HasPoisonQueue => !trigger.QueueName.EndsWith(PoisonSuffix, StringComparison.Ordinal);

    public async Task ProcessAsync(QueueClient queue, QueueMessage message)
    {
        // No cancellation here: a message that was taken is given back or done with, also while the host stops.
        try
        {
            var (succeeded, receipt) = message.DequeueCount <= settings.MaxDequeueCount
                ? await InvokeUnderLeaseAsync(queue, message)
                : (false, message.PopReceipt);
            if (succeeded)
            {
                await queue.DeleteMessageAsync(message.MessageId, receipt);
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
                await queue.UpdateMessageAsync(message.MessageId, receipt, visibilityTimeout: settings.VisibilityTimeout);
            }
        }
        catch (RequestFailedException lost)
        {
            // The lease was lost or the service is away: the message shows up again by itself, which at-least-once allows.
            log.Error($"A message of '{trigger.QueueName}' could not be settled: {lost.Status} {lost.ErrorCode}", function.Name);
        }
    }

    private async Task<(bool Succeeded, string Receipt)> InvokeUnderLeaseAsync(QueueClient queue, QueueMessage message)
    {
        if (Decode(message.MessageText) is not { } text)
        {
            log.Error($"A message of '{trigger.QueueName}' is not base64, which messageEncoding asks for", function.Name);
            return (false, message.PopReceipt);
        }

        var facts = new QueueFacts(
            text,
            message.MessageId,
            message.PopReceipt,
            message.DequeueCount,
            message.InsertedOn ?? default,
            message.ExpiresOn ?? default,
            message.NextVisibleOn ?? default);
        using var done = new CancellationTokenSource();
        var renewal = RenewAsync(queue, message, done.Token);
        var result = await invoker.InvokeAsync(function, Envelope.Queue(function.Name, trigger, facts, TimeProvider.System.GetUtcNow()));
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
                await Task.Delay(lease / 2, done);
                receipt = (await queue.UpdateMessageAsync(message.MessageId, receipt, visibilityTimeout: lease, cancellationToken: CancellationToken.None)).Value.PopReceipt;
            }
        }
        catch (OperationCanceledException)
        {
            return receipt;
        }
        catch (RequestFailedException refused)
        {
            log.Warning($"A message of '{trigger.QueueName}' could not be kept: {refused.Status} {refused.ErrorCode}", function.Name);
            return receipt;
        }
    }

    private async Task PoisonAsync(QueueClient queue, QueueMessage message, string receipt)
    {
        var poison = new QueueClient(trigger.ConnectionString, trigger.QueueName + PoisonSuffix);
        await poison.CreateIfNotExistsAsync();
        await poison.SendMessageAsync(message.MessageText);
        await queue.DeleteMessageAsync(message.MessageId, receipt);
        log.Error($"A message of '{trigger.QueueName}' failed {settings.MaxDequeueCount} times and was moved to '{poison.Name}'", function.Name);
    }

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
