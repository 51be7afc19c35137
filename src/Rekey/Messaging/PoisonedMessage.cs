namespace Rekey.Messaging;

/// <summary>A message that failed at every try.</summary>
/// <param name="WorkQueue">The queue that it belongs to.</param>
/// <param name="PoisonQueue">The queue that holds it.</param>
/// <param name="Id">The storage service's id.</param>
/// <param name="Receipt">The pop receipt under which alone it may be removed.</param>
/// <param name="PoisonedAt">When it was moved there.</param>
public sealed record PoisonedMessage(
    string WorkQueue,
    string PoisonQueue,
    string Id,
    string Receipt,
    string Text,
    DateTimeOffset PoisonedAt
);
