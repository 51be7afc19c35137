namespace Rekey.Local.Faults;

/// <summary>One call that waits at a known point until it is released. Disposing releases.</summary>
public sealed class Hold : IDisposable
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _taken;

    /// <summary>Completes when a call has arrived at the point and waits.</summary>
    public Task Reached => _reached.Task;

    internal bool IsTaken => Volatile.Read(ref _taken) != 0;

    /// <summary>Lets the call go on; a call that arrives later does not wait.</summary>
    public void Release() => _released.TrySetResult();

    /// <inheritdoc />
    public void Dispose() => Release();

    internal Task WaitAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _taken, 1) != 0)
        {
            return Task.CompletedTask;
        }

        _reached.TrySetResult();
        return _released.Task.WaitAsync(cancellationToken);
    }
}
