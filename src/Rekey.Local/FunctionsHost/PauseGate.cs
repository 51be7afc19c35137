namespace Rekey.Local.FunctionsHost;

/// <summary>A gate at which timers and queues wait while the host is paused.</summary>
internal sealed class PauseGate
{
    private readonly Lock gate = new();
    private TaskCompletionSource? paused;

    public void Pause()
    {
        lock (gate)
        {
            paused ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void Resume()
    {
        lock (gate)
        {
            paused?.SetResult();
            paused = null;
        }
    }

    public Task PassAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return paused?.Task.WaitAsync(cancellationToken) ?? Task.CompletedTask;
        }
    }
}
