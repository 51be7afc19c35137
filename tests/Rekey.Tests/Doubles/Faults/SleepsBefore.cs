namespace Rekey.Tests.Doubles.Faults;

/// <summary>Just before the world sees it.</summary>
public sealed class SleepsBefore(string kind) : Sleeps(kind)
{
    protected override Task BeforeAsync(int number, string what) => SleepAsync(what);
}
