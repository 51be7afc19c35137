using System.Text.Json;
using Rekey.Core;
using Rekey.Functions.Hosting.Monitoring;
using Rekey.Functions.Wire.DeadLetters;

namespace Rekey.Functions.Wire;

/// <summary>Runs a non-HTTP function within its deadline. It succeeds when the input was handled, even as a dead letter, and fails when
/// the input must be retried.</summary>
public sealed class RunTrigger(KeepDeadLetter letters, CallOptions options, ILogger<RunTrigger> log)
{
    /// <summary>Runs a timer function.</summary>
    /// <param name="cancellationToken">The host's.</param>
    /// <exception cref="RetryLaterException">The function could not work now.</exception>
    public Task RunAsync(string function, Func<CancellationToken, Task> run, CancellationToken cancellationToken) =>
        RunAsync(function, default, run, cancellationToken);

    /// <summary>Runs a queue function. An unusable message becomes a dead letter.</summary>
    /// <param name="message">The message's text. Trigger metadata is not used, since members of a message overwrite the host's own facts
    /// about it.</param>
    /// <param name="cancellationToken">The host's.</param>
    /// <exception cref="RetryLaterException">The message must be retried.</exception>
    public Task RunAsync(
        string function,
        string message,
        Func<JsonElement, CancellationToken, Task> run,
        CancellationToken cancellationToken
    )
    {
        var value = MessageText.Parse(message);
        return RunAsync(function, value, deadline => run(value, deadline), cancellationToken);
    }

    private async Task RunAsync(string function, JsonElement value, Func<CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        // At functionTimeout the host ends the whole worker, so stop earlier, with progress saved.
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.Deadline);
        try
        {
            await run(deadline.Token);
            Count(function, "done");
        }
        catch (BadInputException e)
        {
            await KeepAsync(function, e.Reason, e.Message, value, deadline.Token);
        }
        catch (CannotContinueException e)
        {
            await KeepAsync(function, e.Reason, $"{e.Message} {e.Remedy}", value, deadline.Token);
        }
        catch (RetryLaterException e)
        {
            Count(function, "put-off");
            log.LogWarning("{Function} will be retried: {Message}", function, e.Message);
            throw;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            Count(function, "deadline");
            log.LogWarning("{Function} reached its deadline of {Deadline}; its progress is saved.", function, options.Deadline);
            throw new RetryLaterException("The deadline was reached.", inner: e);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Count(function, "failed");
            log.LogError(e, "{Function} failed. A queue message is tried five times in all.", function);
            throw;
        }
    }

    private async Task KeepAsync(string function, string reason, string detail, JsonElement value, CancellationToken cancellationToken)
    {
        Count(function, "dead-lettered");
        await letters.KeepAsync(function, reason, detail, value, cancellationToken);
    }

    private static void Count(string function, string outcome) =>
        Telemetry.Invocations.Add(
            1,
            new KeyValuePair<string, object?>("function", function),
            new KeyValuePair<string, object?>("outcome", outcome)
        );
}
