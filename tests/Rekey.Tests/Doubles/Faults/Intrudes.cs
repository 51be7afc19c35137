namespace Rekey.Tests.Doubles.Faults;

/// <summary>Lives, and somebody else does something just after one of its effects.</summary>
public sealed class Intrudes(int effect, Action act) : Fate
{
    protected override Task AfterAsync(int number, string what)
    {
        if (number == effect)
        {
            act();
        }

        return Task.CompletedTask;
    }
}
