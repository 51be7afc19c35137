namespace Rekey.Messaging;

/// <summary>A message that failed each time it was tried.</summary>
/// <param name="WorkQueue">Where it belongs.</param>
/// <param name="PoisonQueue">Where it lies.</param>
/// <param name="Id">The storage service's own.</param>
/// <param name="Receipt">Under which alone it may be removed.</param>
/// <param name="PoisonedAt">When it was moved there.</param>
public sealed record PoisonedMessage(
    string WorkQueue,
    string PoisonQueue,
    string Id,
    string Receipt,
    string Text,
    DateTimeOffset PoisonedAt
);
