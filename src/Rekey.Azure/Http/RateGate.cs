using Rekey.Core;

namespace Rekey.Azure.Http;

/// <summary>
/// The gate before a service that throttles. It lets pass as many calls as the limits allow. If the service throttles one call, all wait
/// as long as it asks, and then one goes first. A service neither counts nor runs a call that it throttles.
/// </summary>
#pragma warning disable CA1001 // Lives as long as the process; a semaphore without wait handle holds nothing to release.
internal sealed class RateGate(RateLimits limits, TimeSpan maxWait, TimeProvider timeProvider)
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _places = new(limits.AtOnce, limits.AtOnce);
    private readonly Queue<DateTimeOffset> _sent = new();
    private readonly QuotaWindow? _window = limits.Quotas.Count > 0 ? new(limits.Quotas, limits.Span) : null;
    private readonly Lock _lock = new();
    private DateTimeOffset _closedUntil = DateTimeOffset.MinValue;
    private DateTimeOffset _firstRefusal;
    private int _refusals;
    private long _round;
    private TaskCompletionSource? _trial;

    /// <summary>Calls the service, and calls again while it throttles.</summary>
    /// <param name="send">Sends the request once.</param>
    /// <param name="throttled">Whether the reply is a 429, and the Retry-After in it.</param>
    /// <param name="waits">Whether the call may wait for a throttle.</param>
    /// <exception cref="RetryLaterException">The wait would be longer than allowed.</exception>
    public async Task<T> RunAsync<T>(
        Func<Task<T>> send,
        Func<T, (bool Throttled, TimeSpan? RetryAfter)> throttled,
        bool waits,
        CancellationToken cancellationToken
    )
    {
        var deadline = timeProvider.GetUtcNow() + (waits ? maxWait : TimeSpan.Zero);
        for (var retries = 0; ; retries++)
        {
            await TakePlaceAsync(deadline, cancellationToken);
            TaskCompletionSource? trial = null;
            try
            {
                (var round, trial) = await WaitForTurnAsync(deadline, cancellationToken);
                var reply = await send();
                var (isThrottled, retryAfter) = throttled(reply);
                if (!isThrottled)
                {
                    Passed(round);
                    return reply;
                }

                Refused(round, retryAfter, retries < limits.Retries ? deadline : DateTimeOffset.MinValue);
            }
            finally
            {
                Leave(trial);
            }
        }
    }

    private async Task TakePlaceAsync(DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        if (!await _places.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            await (
                limits.HasLongCalls
                    ? _places.WaitAsync(cancellationToken)
                    : WaitForOthersAsync(_places.WaitAsync, deadline, cancellationToken)
            );
        }
    }

    /// <returns>The round of the call, and its trial if the others wait for its result.</returns>
    private async Task<(long Round, TaskCompletionSource? Trial)> WaitForTurnAsync(
        DateTimeOffset deadline,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            TimeSpan closed;
            Task? trial;
            lock (_lock)
            {
                var now = timeProvider.GetUtcNow();
                (closed, trial) = (OpensAt(now) - now, _trial?.Task);
                if (closed <= TimeSpan.Zero && trial is null)
                {
                    return Enter(now);
                }

                if (closed > TimeSpan.Zero && now + closed > deadline)
                {
                    throw TooLong(closed);
                }
            }

            // Timers count whole milliseconds and cut the rest off: rounded up, or this would spin through the last one.
            await (
                closed > TimeSpan.Zero
                    ? Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(closed.TotalMilliseconds)), timeProvider, cancellationToken)
                    : WaitForOthersAsync(trial!.WaitAsync, deadline, cancellationToken)
            );
        }
    }

    private async Task WaitForOthersAsync(Func<CancellationToken, Task> wait, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        var left = deadline - timeProvider.GetUtcNow();
        using var late = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            await wait(either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            lock (_lock)
            {
                throw TooLong(_closedUntil - timeProvider.GetUtcNow());
            }
        }
    }

    private DateTimeOffset OpensAt(DateTimeOffset now)
    {
        while (_sent.TryPeek(out var first) && now - first >= limits.Span)
        {
            _sent.Dequeue();
        }

        return Later(
            _closedUntil,
            _sent.Count >= limits.InSpan ? _sent.Peek() + limits.Span
                : _window?.IsFull(now) is true ? _window.End
                : now
        );
    }

    private (long Round, TaskCompletionSource? Trial) Enter(DateTimeOffset now)
    {
        if (!limits.HasLongCalls && (_refusals > 0 || _window?.WantsOpening(now) is true))
        {
            _trial = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        if (limits.InSpan is not null)
        {
            _sent.Enqueue(now);
        }

        _window?.Entered();
        return (_round, _trial);
    }

    private void Passed(long round)
    {
        lock (_lock)
        {
            _window?.Passed(timeProvider.GetUtcNow());

            // A call from before the last refusal proves nothing about the current state.
            if (round == _round)
            {
                _refusals = 0;
            }
        }
    }

    /// <exception cref="RetryLaterException">The gate opens after the deadline.</exception>
    private void Refused(long round, TimeSpan? retryAfter, DateTimeOffset deadline)
    {
        lock (_lock)
        {
            var now = timeProvider.GetUtcNow();
            _window?.Refused();

            // If several calls are refused together, the first one counts, and sets the wait if the service names none.
            var isFirst = round == _round;
            if (isFirst)
            {
                _round++;
                _firstRefusal = _refusals++ == 0 ? now : _firstRefusal;
            }

            _closedUntil =
                retryAfter is { } asked ? Later(_closedUntil, now + asked)
                : isFirst ? NextAttempt(now)
                : _closedUntil;
            if (OpensAt(now) is var opens && opens > deadline)
            {
                throw TooLong(opens - now);
            }
        }
    }

    private DateTimeOffset NextAttempt(DateTimeOffset now)
    {
        var step = TimeSpan.FromSeconds(
            limits.Waits[Math.Min(_refusals, limits.Waits.Count) - 1] * (1 + (Random.Shared.NextDouble() * 0.2))
        );
        // Long after the first refusal, always allow one attempt.
        var windowEnd = _firstRefusal + limits.Span + TimeSpan.FromSeconds(Random.Shared.NextDouble() * 0.2);
        return now < windowEnd && windowEnd < now + step ? windowEnd : now + step;
    }

    private void Leave(TaskCompletionSource? trial)
    {
        if (trial is not null)
        {
            lock (_lock)
            {
                _trial = null;
            }

            trial.SetResult();
        }

        _places.Release();
    }

    /// <summary>Services count waits in whole seconds.</summary>
    private RetryLaterException TooLong(TimeSpan wait) =>
        new($"{limits.Service} throttles {limits.Calls}.", TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(wait.TotalSeconds))))
        {
            Untouched = true,
        };

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
