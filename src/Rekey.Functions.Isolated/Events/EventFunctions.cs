using Microsoft.Azure.Functions.Worker;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Isolated;

/// <summary>The function that Event Grid calls.</summary>
public sealed class EventFunctions(InvocationRunner runner)
{
    [Function(nameof(UserChanged))]
    public Task UserChanged([EventGridTrigger] string change, CancellationToken cancel) => runner.RunAsync(Invocations.UserChanged, change, cancel);
}
