using Microsoft.Azure.Functions.Worker;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Isolated;

/// <summary>The functions that a timer calls.</summary>
public sealed class TimerFunctions(InvocationRunner runner)
{
    [Function(nameof(ContinueRotations))]
    public Task ContinueRotations([TimerTrigger("*/30 * * * * *", UseMonitor = false)] string timer, CancellationToken cancel) => runner.RunAsync(Invocations.ContinueRotations, timer, cancel);

    [Function(nameof(KeepPoisoned))]
    public Task KeepPoisoned([TimerTrigger("5-59/20 * * * * *", UseMonitor = false)] string timer, CancellationToken cancel) => runner.RunAsync(Invocations.KeepPoisoned, timer, cancel);

    [Function(nameof(PublishTrust))]
    public Task PublishTrust([TimerTrigger("15 * * * * *")] string timer, CancellationToken cancel) => runner.RunAsync(Invocations.PublishTrust, timer, cancel);

    [Function(nameof(SendEvents))]
    public Task SendEvents([TimerTrigger("*/10 * * * * *", UseMonitor = false)] string timer, CancellationToken cancel) => runner.RunAsync(Invocations.SendEvents, timer, cancel);

    [Function(nameof(SweepTokens))]
    public Task SweepTokens([TimerTrigger("40 */5 * * * *")] string timer, CancellationToken cancel) => runner.RunAsync(Invocations.SweepTokens, timer, cancel);

    [Function(nameof(SweepVaultAccess))]
    public Task SweepVaultAccess([TimerTrigger("0 23 * * * *")] string timer, CancellationToken cancel) => runner.RunAsync(Invocations.SweepVaultAccess, timer, cancel);

    [Function(nameof(VerifyLedger))]
    public Task VerifyLedger([TimerTrigger("0 7 * * * *")] string timer, CancellationToken cancel) => runner.RunAsync(Invocations.VerifyLedger, timer, cancel);
}
