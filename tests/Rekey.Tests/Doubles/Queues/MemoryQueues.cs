namespace Rekey.Tests.Doubles.Queues;

/// <summary>The queues: at least once, in any order.</summary>
public sealed class MemoryQueues
{
    public List<Message> Messages { get; } = [];
}
