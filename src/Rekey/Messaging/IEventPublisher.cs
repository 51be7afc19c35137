using Rekey.Core;

namespace Rekey.Messaging;

/// <summary>Sends events to subscribers (Event Grid, CloudEvents 1.0). A resend carries the same id.</summary>
public interface IEventPublisher
{
    /// <summary>False when no topic is configured, so that nothing is read for it.</summary>
    bool Enabled { get; }

    /// <exception cref="RetryLaterException">The topic cannot be reached.</exception>
    Task PublishAsync(IReadOnlyList<OutgoingEvent> events, CancellationToken cancellationToken);
}
