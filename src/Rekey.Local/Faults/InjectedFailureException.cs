namespace Rekey.Local.Faults;

/// <summary>An injected error answer, on its way to the service's error writer.</summary>
internal sealed class InjectedFailureException(InjectedFailure failure) : Exception($"Injected: HTTP {failure.Status}.")
{
    public InjectedFailure Failure { get; } = failure;
}
