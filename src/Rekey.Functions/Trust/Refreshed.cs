using Rekey.Core;

namespace Rekey.Functions.Trust;

/// <summary>
/// A cached value that is read again after <c>Trust:InstanceCache</c>. Callers share one reading. A caller soon after that time gets the
/// cached value while the reading runs in the background. After a pause callers wait for the reading, but not long, and not when the last
/// reading just failed.
/// </summary>
/// <param name="what">The name for the log.</param>
/// <param name="keep">How long the value is served before it is read again.</param>
/// <param name="read">Reads the value, given the last one; also gives the latest time to serve it.</param>
public sealed class Refreshed<T>(
    string what,
    Func<T?, CancellationToken, Task<(T Value, DateTimeOffset Until)>> read,
    TimeSpan keep,
    TimeProvider timeProvider,
    ILogger log
)
    where T : class
{
    /// <summary>How long a caller may wait when a value is cached. Gateways time out after a second.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a caller may wait when none is cached.</summary>
    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private volatile Held? _held;
    private Task<T>? _reading;

    /// <summary>Gives the value.</summary>
    /// <exception cref="RetryLaterException">There is no value, or none that may still be served.</exception>
    public ValueTask<T> GetAsync(CancellationToken cancellationToken)
    {
        var (held, now) = (_held, timeProvider.GetUtcNow());
        var serves = held is not null && now < held.Until;
        if (IsFresh(held, now))
        {
            return new(held!.Value);
        }

        var reading = Reading();
        return !serves ? new(FirstAsync(reading, cancellationToken))
            : held!.IsSilent || now - held.TriedAt < 2 * keep ? new(held.Value)
            : new(WaitAsync(reading, held, cancellationToken));
    }

    private async Task<T> FirstAsync(Task<T> reading, CancellationToken cancellationToken)
    {
        try
        {
            return await reading.WaitAsync(FirstPatience, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or CannotContinueException)
        {
            throw new RetryLaterException($"Rekey has no valid {what} to serve: {e.Message}", inner: e);
        }
    }

    private async Task<T> WaitAsync(Task<T> reading, Held held, CancellationToken cancellationToken)
    {
        try
        {
            return await reading.WaitAsync(Patience, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or RetryLaterException or CannotContinueException)
        {
            if (e is TimeoutException)
            {
                // The next caller need not wait.
                Interlocked.CompareExchange(ref _held, held with { IsSilent = true }, held);
            }

            return held.Value;
        }
    }

    private Task<T> Reading()
    {
        lock (_lock)
        {
            // Callers share a reading: the other side's time-outs end it, not the first caller.
            if (_reading is null)
            {
                // A caller who looked before the last reading ended, and comes here after it, shares it too.
                if (IsFresh(_held, timeProvider.GetUtcNow()))
                {
                    return Task.FromResult(_held!.Value);
                }

                _reading = Task.Run(ReadAsync, CancellationToken.None);
                _ = _reading.ContinueWith(static t => t.Exception, TaskScheduler.Default);
            }

            return _reading;
        }
    }

    private bool IsFresh(Held? held, DateTimeOffset now) => held is not null && now < held.Until && now - held.TriedAt < keep;

    private async Task<T> ReadAsync()
    {
        try
        {
            var (value, until) = await read(_held?.Value, CancellationToken.None);
            var now = timeProvider.GetUtcNow();
            if (until <= now)
            {
                throw new RetryLaterException($"The last known good {what} was valid until {until:O}.");
            }

            _held = new(value, until, now, IsSilent: false);
            return value;
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            if (_held is { } held)
            {
                _held = held with { TriedAt = timeProvider.GetUtcNow(), IsSilent = true };
                log.LogError(
                    "Rekey could not read the {What} again and serves the last known good one until {Until}. Reason: {Reason}",
                    what,
                    held.Until,
                    e.Message
                );
            }

            throw;
        }
        finally
        {
            lock (_lock)
            {
                _reading = null;
            }
        }
    }

    /// <param name="TriedAt">When it was last read or the last reading failed.</param>
    /// <param name="IsSilent">Whether the last reading failed.</param>
    private sealed record Held(T Value, DateTimeOffset Until, DateTimeOffset TriedAt, bool IsSilent);
}
