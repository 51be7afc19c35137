namespace Rekey.Tests.Doubles;

/// <summary>The process is gone: whatever it was about to do is not done any more.</summary>
public sealed class ProcessDiedException() : Exception("The process died.");

/// <summary>
/// What befalls one process at its outside effects. Reading is no effect; a dead process does neither. The stores in memory are plain
/// collections, and processes work in parallel: one call at a time reaches a store, as one call at a time changes a row in Azure.
/// </summary>
public class Fate
{
    private static readonly Lock Turn = new();

    private bool _dead;

    public static Fate Immortal => new();

    /// <summary>Effects so far, in order.</summary>
    public List<string> Effects { get; } = [];

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

/// <summary>Dies at one effect: just before the world sees it, or just after.</summary>
public sealed class DiesAt(int effect, bool afterIt) : Fate
{
    protected override Task BeforeAsync(int number, string what) => End(!afterIt && number == effect);

    protected override Task AfterAsync(int number, string what) => End(afterIt && number == effect);

    private Task End(bool now)
    {
        if (now)
        {
            Die();
        }

        return Task.CompletedTask;
    }
}

/// <summary>Lives, and finds that every effect of a kind fails before the world sees it.</summary>
public sealed class FailsAt(string kind) : Fate
{
    protected override Task BeforeAsync(int number, string what) => what == kind ? throw new RetryLaterException($"No reply to: {what}.") : Task.CompletedTask;
}

/// <summary>Falls asleep at the first effect of a kind, and goes on when it is woken.</summary>
public abstract class Sleeps(string kind) : Fate
{
    private readonly TaskCompletionSource _asleep = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Asleep => _asleep.Task;

    public void Wake() => _woken.TrySetResult();

    protected async Task SleepAsync(string what)
    {
        if (what == kind && !_asleep.Task.IsCompleted)
        {
            _asleep.SetResult();
            await _woken.Task;
        }
    }
}

/// <summary>Just before the world sees it.</summary>
public sealed class SleepsBefore(string kind) : Sleeps(kind)
{
    protected override Task BeforeAsync(int number, string what) => SleepAsync(what);
}

/// <summary>Just after.</summary>
public sealed class SleepsAfter(string kind) : Sleeps(kind)
{
    protected override Task AfterAsync(int number, string what) => SleepAsync(what);
}
