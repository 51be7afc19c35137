namespace Rekey.Tests.Doubles.Faults;

/// <summary>Falls asleep at the first effect of a kind, and goes on when it is woken.</summary>
public abstract class Sleeps(string kind) : Fate
{
    private readonly TaskCompletionSource _asleep = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Until it sleeps; an error when it does not come to that.</summary>
    public Task Asleep => _asleep.Task.WaitAsync(TimeSpan.FromMinutes(1));

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
