using Rekey.Core;

namespace Rekey.Tests.Doubles.Faults;

/// <summary>Lives, and finds that every effect of a kind fails before the world sees it.</summary>
public sealed class FailsAt(string kind) : Fate
{
    protected override Task BeforeAsync(int number, string what) =>
        what == kind ? throw new RetryLaterException($"No reply to: {what}.") : Task.CompletedTask;
}
