namespace Rekey.Local.FunctionsHost.Invocations;

/// <summary>Counts running invocations, so that the host can wait for them before it ends the handler.</summary>
internal sealed class InFlightCalls
{
    private readonly Lock gate = new();
    private TaskCompletionSource empty = Completed();
    private int count;

    public IDisposable Enter()
    {
        lock (gate)
        {
            if (count++ == 0)
            {
                empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        return new Leaving(this);
    }

    /// <summary>True when nothing runs any more, false when <paramref name="patience"/> was over first.</summary>
    public async Task<bool> DrainAsync(TimeSpan patience)
    {
        Task none;
        lock (gate)
        {
            none = empty.Task;
        }

        return await Task.WhenAny(none, Task.Delay(patience)) == none;
    }

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }

    private void Leave()
    {
        lock (gate)
        {
            if (--count == 0)
            {
                empty.SetResult();
            }
        }
    }

    private sealed class Leaving(InFlightCalls calls) : IDisposable
    {
        private InFlightCalls? calls = calls;

        public void Dispose() => Interlocked.Exchange(ref calls, null)?.Leave();
    }
}
