using Rekey.Core;

namespace Rekey.Functions.Trust;

/// <summary>
/// A value of this instance that is read again when <c>Trust:InstanceCache</c> has passed. Callers share one reading, and
/// nobody waits for it who can be served from memory: a caller who comes at once after that time gets what is there, and the reading goes
/// on behind them; after a pause it is waited for, but not long, and not while the other side was silent just now.
/// </summary>
/// <param name="what">For the log.</param>
/// <param name="keep">How long it is served without being read again.</param>
/// <param name="read">Reads, with the last value; says until when the new one may be served, come what may.</param>
public sealed class Refreshed<T>(
    string what,
    Func<T?, CancellationToken, Task<(T Value, DateTimeOffset Until)>> read,
    TimeSpan keep,
    TimeProvider timeProvider,
    ILogger log
)
    where T : class
{
    /// <summary>How long a caller for whom a value is in memory may wait. Gateways give up after a second.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a caller may wait where there is none.</summary>
    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private volatile Held? _held;
    private Task<T>? _reading;

    /// <summary>The value.</summary>
    /// <exception cref="RetryLaterException">There is none, or none that may still be served.</exception>
    public ValueTask<T> GetAsync(CancellationToken cancellationToken)
    {
        var (held, now) = (_held, timeProvider.GetUtcNow());
        var serves = held is not null && now < held.Until;
        if (serves && now - held!.TriedAt < keep)
        {
            return new(held.Value);
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
            throw new RetryLaterException($"There is no {what} that may be served: {e.Message}", inner: e);
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
                // The next caller need not wait as well.
                Interlocked.CompareExchange(ref _held, held with { IsSilent = true }, held);
            }

            return held.Value;
        }
    }

    private Task<T> Reading()
    {
        lock (_lock)
        {
            // A reading is nobody's own: it ends by the other side's time-outs, not with the caller who happened to be first.
            if (_reading is null)
            {
                _reading = Task.Run(ReadAsync, CancellationToken.None);
                _ = _reading.ContinueWith(static t => t.Exception, TaskScheduler.Default);
            }

            return _reading;
        }
    }

    private async Task<T> ReadAsync()
    {
        try
        {
            var (value, until) = await read(_held?.Value, CancellationToken.None);
            var now = timeProvider.GetUtcNow();
            if (until <= now)
            {
                throw new RetryLaterException($"What is known of the {what} held until {until:O}.");
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
                    "The {What} could not be read again; the last one is served until {Until}. Reason: {Reason}",
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

    /// <param name="TriedAt">When it was last read, or tried to.</param>
    /// <param name="IsSilent">Whether the last try came to nothing.</param>
    private sealed record Held(T Value, DateTimeOffset Until, DateTimeOffset TriedAt, bool IsSilent);
}
