using Rekey.Core;

namespace Rekey.Azure.LogAnalytics.Client;

/// <summary>
/// The gate of all queries of the process. It allows five at once and 200 in 30 seconds, the service's limits per user. After a 429 it
/// waits as long as the service asks ("Azure Monitor service limits", user query throttling).
/// </summary>
public sealed class LogsQueryGate(TimeProvider timeProvider, TimeSpan maxWait) : IDisposable
{
    private const int AtOnce = 5;
    private const int InWindow = 200;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _places = new(AtOnce, AtOnce);
    private readonly Queue<DateTimeOffset> _sent = new();
    private readonly Lock _lock = new();
    private DateTimeOffset _closedUntil = DateTimeOffset.MinValue;

    /// <summary>Sends a request, and retries while the service throttles.</summary>
    /// <param name="send">Sends the request once.</param>
    /// <param name="throttled">Whether the reply is a 429, and the Retry-After in it.</param>
    /// <exception cref="RetryLaterException">The wait would be longer than allowed.</exception>
    public async Task<T> RunAsync<T>(
        Func<Task<T>> send,
        Func<T, (bool Throttled, TimeSpan? RetryAfter)> throttled,
        CancellationToken cancellationToken
    )
    {
        var deadline = timeProvider.GetUtcNow() + maxWait;
        while (true)
        {
            await _places.WaitAsync(cancellationToken);
            try
            {
                await WaitForTurnAsync(deadline, cancellationToken);
                var reply = await send();
                var (isThrottled, retryAfter) = throttled(reply);
                if (!isThrottled)
                {
                    return reply;
                }

                Close(retryAfter ?? Window);
            }
            finally
            {
                _places.Release();
            }
        }
    }

    public void Dispose() => _places.Dispose();

    private async Task WaitForTurnAsync(DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        while (true)
        {
            TimeSpan wait;
            lock (_lock)
            {
                var now = timeProvider.GetUtcNow();
                while (_sent.TryPeek(out var first) && now - first >= Window)
                {
                    _sent.Dequeue();
                }

                var free = _sent.Count < InWindow ? now : _sent.Peek() + Window;
                var until = free > _closedUntil ? free : _closedUntil;
                if (until <= now)
                {
                    _sent.Enqueue(now);
                    return;
                }

                wait = until - now;
                if (until > deadline)
                {
                    throw new RetryLaterException("Log Analytics throttles queries.", wait);
                }
            }

            // Timers count whole milliseconds and cut the rest off: rounded up, or this would spin through the last one.
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), timeProvider, cancellationToken);
        }
    }

    private void Close(TimeSpan wait)
    {
        lock (_lock)
        {
            var until = timeProvider.GetUtcNow() + wait;
            _closedUntil = until > _closedUntil ? until : _closedUntil;
        }
    }
}
