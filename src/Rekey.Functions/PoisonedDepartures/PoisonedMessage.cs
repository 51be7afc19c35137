using Rekey.Functions.Wire;

namespace Rekey.Functions;

/// <summary>Queues <c>departures-poison</c>, <c>rotations-poison</c> and <c>sweeps-poison</c>: a message that failed every time is kept with its reason, not left to expire.</summary>
public static class PoisonedMessage
{
    /// <exception cref="BadInputException">Always: that is what makes it a dead letter.</exception>
    public static Task RunAsync(string queue) => throw new BadInputException("poisoned-message",
        $"A message of queue '{queue}' failed each time it was tried. The timer takes up what it stood for; the log of that time says why it failed.");
}
