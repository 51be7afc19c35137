using Rekey.Core;
using Rekey.Departures.Directory;
using Rekey.Functions.Wire.DeadLetters;

namespace Rekey.Functions.Departures.Feed;

/// <summary>Puts events of Graph back into their queue, with a longer delay each time.</summary>
public sealed class RetryUserChange(
    IUserChangeQueue queue,
    KeepDeadLetter letters,
    UserChangeFindings findings,
    TimeProvider timeProvider,
    ILogger<RetryUserChange> log
)
{
    /// <summary>Puts an event that failed for now back; after a week it becomes a dead letter.</summary>
    public async Task LaterAsync(UserChangeMessage failed, Exception why, CancellationToken cancellationToken)
    {
        var message = failed.Failed(timeProvider.GetUtcNow());

        // 1. The event first: it is retried with a longer delay each time, and after a week it becomes a dead letter. If that cannot
        // be kept, it is retried too.
        var (waited, asked) = (
            timeProvider.GetUtcNow() - message.FirstFailedAt!.Value,
            (why as RetryLaterException)?.Delay ?? TimeSpan.Zero
        );
        var letter = waited >= UserChangeFindings.Longest ? await GiveUpAsync(message, why, cancellationToken) : null;
        if (letter is null)
        {
            var delay = Backoff.After(message.Attempts, UserChangeFindings.LongestDelay);
            delay =
                asked > delay
                    ? asked < UserChangeFindings.LongestDelay
                        ? asked
                        : UserChangeFindings.LongestDelay
                    : delay;
            await PutBackAsync(message, delay, cancellationToken);
            log.LogWarning(
                "{Function} put an event back. Attempts: {Attempts}. First failed: {Since}. Next in: {Delay}. {Message}",
                UserChangedFunction.Name,
                message.Attempts,
                message.FirstFailedAt,
                delay,
                why.Message
            );
        }

        // 2. Then the finding. If that fails too, the log has it.
        try
        {
            await (
                letter is not null ? findings.GivenUpAsync(message, letter, why.Message, cancellationToken)
                : why is CannotContinueException refusal
                    ? findings.CannotContinueAsync(UserChangedFunction.Name, refusal, cancellationToken)
                : Task.CompletedTask
            );
            if (letter is null && waited >= UserChangeFindings.Patience)
            {
                await findings.WaitsAsync(message, why.Message, cancellationToken);
            }
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            log.LogError("Rekey could not record a finding about a waiting event: {Message}", e.Message);
        }
    }

    /// <summary>Keeps the dead letter; null when it cannot.</summary>
    private async Task<string?> GiveUpAsync(UserChangeMessage message, Exception why, CancellationToken cancellationToken)
    {
        try
        {
            return await letters.KeepAsync(
                UserChangedFunction.Name,
                "not-handled",
                $"Rekey could not handle the event within {UserChangeFindings.Longest.TotalDays} days. {why.Message}",
                message.Event,
                cancellationToken
            );
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            log.LogError("Rekey cannot keep an event that failed for a week as a dead letter: {Message}", e.Message);
            return null;
        }
    }

    /// <exception cref="RetryLaterException">The event could not be put back. The call must fail, so that the host keeps the
    /// message.</exception>
    public async Task PutBackAsync(UserChangeMessage message, TimeSpan delay, CancellationToken cancellationToken)
    {
        try
        {
            await queue.PutBackAsync(message.ToText(), delay, cancellationToken);
        }
        catch (CannotContinueException refused)
        {
            await findings.CannotContinueAsync(UserChangedFunction.Name, refused, cancellationToken);
            throw new RetryLaterException(refused.Message, inner: refused);
        }
    }
}
