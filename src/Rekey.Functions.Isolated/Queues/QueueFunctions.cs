using Microsoft.Azure.Functions.Worker;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Isolated;

/// <summary>The functions that a queue calls.</summary>
public sealed class QueueFunctions(InvocationRunner runner)
{
    [Function(nameof(AssessExposure))]
    public Task AssessExposure([QueueTrigger("departures", Connection = "RekeyState")] string message, CancellationToken cancel) => runner.RunAsync(Invocations.AssessExposure, message, cancel);

    [Function(nameof(RotateKey))]
    public Task RotateKey([QueueTrigger("rotations", Connection = "RekeyState")] string message, CancellationToken cancel) => runner.RunAsync(Invocations.RotateKey, message, cancel);

    [Function(nameof(SweepNow))]
    public Task SweepNow([QueueTrigger("sweeps", Connection = "RekeyState")] string message, CancellationToken cancel) => runner.RunAsync(Invocations.SweepNow, message, cancel);
}
