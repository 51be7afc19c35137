namespace Rekey.Local.Faults;

/// <summary>Before the work is done, or after it and before the answer.</summary>
internal enum FaultMoment
{
    Before,
    After,
}

/// <summary>The answer that a fault gives.</summary>
internal sealed record InjectedFailure(int Status, string? Code, string? InnerCode, TimeSpan? RetryAfter);

/// <summary>Carries an injected answer to where the service writes its errors.</summary>
internal sealed class InjectedFailureException(InjectedFailure failure) : Exception($"Injected: HTTP {failure.Status}.")
{
    public InjectedFailure Failure { get; } = failure;
}
