namespace Rekey.Functions.Detections;

/// <summary>Sweeps of this process. However many ask while one runs, or just after one, there is one more, when that has ended and some
/// time is over.</summary>
public sealed class SweepTurns(TimeProvider timeProvider)
{
    /// <summary>How long after the end of a sweep no other is run because somebody asks for it.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private int _running;
    private bool _isOneWaiting;
    private DateTimeOffset? _endedAt;

    /// <summary>Runs it.</summary>
    public Task RunAsync(Func<Task> sweep)
    {
        lock (_lock)
        {
            _running++;
        }

        return RunCountedAsync(sweep);
    }

    /// <summary>Runs it when none runs and the last one is over for a while: what arrived before it was asked for is swept.</summary>
    /// <returns>False when one that waits already will do.</returns>
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

    /// <summary>How long to wait; null when it is this one's turn, which it then has.</summary>
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
