namespace Rekey.Functions.Sweeps;

/// <summary>Sweeps of this process. One that is asked for while another runs, or just after one, would find nothing that has settled since.</summary>
public sealed class SweepTurns(TimeProvider clock)
{
    /// <summary>How long after the end of a sweep no other is run because somebody asks for it.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private int _running;
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

    /// <summary>Runs it unless one runs or just ran: however many ask, there are no more sweeps than that.</summary>
    /// <returns>Whether it ran.</returns>
    public async Task<bool> TryRunAsync(Func<Task> sweep)
    {
        lock (_lock)
        {
            if (_running > 0 || _endedAt + Rest > clock.GetUtcNow())
            {
                return false;
            }

            _running++;
        }

        await RunCountedAsync(sweep);
        return true;
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
                (_running, _endedAt) = (_running - 1, clock.GetUtcNow());
            }
        }
    }
}
