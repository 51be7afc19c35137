namespace Rekey.Functions.Detections;

/// <summary>The sweeps of this process, one at a time. All requests during a sweep, or just after it, share one further sweep, which runs
/// after a pause.</summary>
public sealed class SweepTurns(TimeProvider timeProvider)
{
    /// <summary>The pause after a sweep before a requested sweep may run.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private int _running;
    private bool _isOneWaiting;
    private DateTimeOffset? _endedAt;

    /// <summary>Runs a sweep.</summary>
    public Task RunAsync(Func<Task> sweep)
    {
        lock (_lock)
        {
            _running++;
        }

        return RunCountedAsync(sweep);
    }

    /// <summary>Runs a requested sweep when none runs and the pause is over. It covers everything that arrived before the
    /// request.</summary>
    /// <returns>False when a waiting sweep serves this request too.</returns>
    public async Task<bool> TryRunAsync(Func<Task> sweep, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_isOneWaiting)
            {
                return false;
            }

            _isOneWaiting = true;
        }

        try
        {
            while (Wait() is { } wait)
            {
                await Task.Delay(wait, timeProvider, cancellationToken);
            }
        }
        catch
        {
            lock (_lock)
            {
                _isOneWaiting = false;
            }

            throw;
        }

        await RunCountedAsync(sweep);
        return true;
    }

    /// <summary>Gives how long to wait; null when this sweep takes its turn now.</summary>
    private TimeSpan? Wait()
    {
        lock (_lock)
        {
            if (_running > 0)
            {
                return TimeSpan.FromSeconds(1);
            }

            if (_endedAt + Rest - timeProvider.GetUtcNow() is { } rest && rest > TimeSpan.Zero)
            {
                return rest;
            }

            _isOneWaiting = false;
            _running++;
            return null;
        }
    }

    private async Task RunCountedAsync(Func<Task> sweep)
    {
        try
        {
            await sweep();
        }
        finally
        {
            lock (_lock)
            {
                (_running, _endedAt) = (_running - 1, timeProvider.GetUtcNow());
            }
        }
    }
}
