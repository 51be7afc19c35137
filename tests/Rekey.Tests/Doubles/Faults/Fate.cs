namespace Rekey.Tests.Doubles.Faults;

/// <summary>
/// What befalls one process at its outside effects. Reading is no effect; a dead process does neither. The stores in memory are plain
/// collections, and processes work in parallel: one call at a time reaches a store, as one call at a time changes a row in Azure.
/// </summary>
public class Fate
{
    private static readonly Lock Turn = new();

    private bool _dead;
    private int _reads;

    public static Fate Immortal => new();

    /// <summary>Effects so far, in order.</summary>
    public List<string> Effects { get; } = [];

    /// <summary>How often it read anything.</summary>
    public int Reads => _reads;

    public async Task<T> DoAsync<T>(string what, Func<Task<T>> effect)
    {
        Live();
        var number = Count(what);
        await BeforeAsync(number, what);
        Live();
        var result = await Start(effect);
        await AfterAsync(number, what);
        Live();
        return result;
    }

    public Task DoAsync(string what, Func<Task> effect) => DoAsync(what, async () =>
        {
            await effect();
            return 0;
        });

    public async Task<T> ReadAsync<T>(Func<Task<T>> read)
    {
        Live();
        Interlocked.Increment(ref _reads);
        return await Start(read);
    }

    protected virtual Task BeforeAsync(int number, string what) => Task.CompletedTask;

    protected virtual Task AfterAsync(int number, string what) => Task.CompletedTask;

    protected void Die()
    {
        _dead = true;
        throw new ProcessDiedException();
    }

    private static Task<T> Start<T>(Func<Task<T>> call)
    {
        lock (Turn)
        {
            return call();
        }
    }

    private int Count(string what)
    {
        lock (Turn)
        {
            Effects.Add(what);
            return Effects.Count;
        }
    }

    private void Live()
    {
        if (_dead)
        {
            throw new ProcessDiedException();
        }
    }
}
