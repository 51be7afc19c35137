namespace Rekey.Tests.Doubles.Faults;

/// <summary>Just after.</summary>
public sealed class SleepsAfter(string kind) : Sleeps(kind)
{
    protected override Task AfterAsync(int number, string what) => SleepAsync(what);
}
