using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Trust.Intruders;

/// <summary>A process that may die at one effect, and during which somebody else may act, just before an effect.</summary>
internal sealed class Interrupted(int diesAt, bool afterIt, Action<int> meanwhile) : Fate
{
    protected override Task BeforeAsync(int number, string what)
    {
        meanwhile(number);
        return EndAsync(!afterIt && number == diesAt);
    }

    protected override Task AfterAsync(int number, string what) => EndAsync(afterIt && number == diesAt);

    private Task EndAsync(bool now)
    {
        if (now)
        {
            Die();
        }

        return Task.CompletedTask;
    }
}
