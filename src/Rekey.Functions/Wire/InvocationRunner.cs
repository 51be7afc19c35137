using System.Text.Json;
using Rekey.Findings;
using Rekey.Rotations;

namespace Rekey.Functions.Wire;

/// <summary>Runs one invocation inside its deadline. Ends when the input was dealt with, be it as a dead letter.</summary>
public sealed class InvocationRunner(IServiceProvider services, KeepDeadLetter letters, IFindings findings, HandlerOptions options, TimeProvider clock, ILogger<InvocationRunner> log)
{
    /// <param name="text">The trigger's value as the host gives it to a worker: the queue message, the event, the timer's state.</param>
    /// <param name="cancel">The host's.</param>
    /// <exception cref="RetryLaterException">It must come again.</exception>
    public Task RunAsync(Invocation invocation, string text, CancellationToken cancel) => RunAsync(invocation, _ => Task.FromResult(Envelope.OfText(text)), cancel);

    /// <param name="read">Reads the trigger's value. What it refuses is a dead letter too.</param>
    /// <param name="cancel">The host's.</param>
    /// <exception cref="RetryLaterException">It must come again.</exception>
    public async Task RunAsync(Invocation invocation, Func<CancellationToken, Task<JsonElement>> read, CancellationToken cancel)
    {
        // The host kills the app at functionTimeout, with everything else that it does: stop before, with progress saved.
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(options.Deadline);
        var function = invocation.Function;
        JsonElement value = default;
        try
        {
            value = await read(deadline.Token);
            await invocation.Run(services, value, deadline.Token);
            Count(function, "done");
        }
        catch (BadInputException e)
        {
            await KeepAsync(function, e.Reason, e.Message, value, deadline.Token);
        }
        catch (CannotContinueException e) when (invocation.KeepsItself)
        {
            // The sender has it still, and sends it for a day; a letter nobody replays. People must act meanwhile.
            Count(function, "refused");
            log.LogError("{Function} cannot go on: {Message} {Remedy}", function, e.Message, e.Remedy);
            await findings.RaiseAsync(RotationFindings.CannotContinue(function, e, clock.GetUtcNow()), deadline.Token);
            throw new RetryLaterException(e.Message, inner: e);
        }
        catch (CannotContinueException e)
        {
            await KeepAsync(function, e.Reason, $"{e.Message} {e.Remedy}", value, deadline.Token);
        }
        catch (RetryLaterException e)
        {
            Count(function, "put-off");
            log.LogWarning("{Function} is put off: {Message}", function, e.Message);
            throw;
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            Count(function, "deadline");
            log.LogWarning("{Function} reached its deadline of {Deadline}; what it had done is saved.", function, options.Deadline);
            throw new RetryLaterException("The deadline was reached.", inner: e);
        }
    }

    private async Task KeepAsync(string function, string reason, string detail, JsonElement value, CancellationToken cancel)
    {
        Count(function, "dead-lettered");
        await letters.KeepAsync(function, reason, detail, value, cancel);
    }

    private static void Count(string function, string outcome) =>
        Telemetry.Invocations.Add(1, new KeyValuePair<string, object?>("function", function), new KeyValuePair<string, object?>("outcome", outcome));
}
