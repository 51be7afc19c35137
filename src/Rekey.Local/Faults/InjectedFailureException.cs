namespace Rekey.Local.Faults;

/// <summary>Carries an injected answer to where the service writes its errors.</summary>
internal sealed class InjectedFailureException(InjectedFailure failure) : Exception($"Injected: HTTP {failure.Status}.")
{
    public InjectedFailure Failure { get; } = failure;
}
