namespace Rekey.Tests.Doubles.Faults;

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
