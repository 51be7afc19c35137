namespace Rekey.Tests.Doubles.Faults;

/// <summary>Dies just after the world saw the first effect of this name.</summary>
public sealed class DiesAfterFirst(string effect) : Fate
{
    protected override Task AfterAsync(int number, string what)
    {
        if (string.Equals(what, effect, StringComparison.Ordinal))
        {
            Die();
        }

        return Task.CompletedTask;
    }
}
