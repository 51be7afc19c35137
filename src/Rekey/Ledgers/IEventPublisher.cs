using System.Text.Json.Nodes;

namespace Rekey.Ledgers;

/// <summary>Sends what happened to whoever subscribed (Event Grid, CloudEvents 1.0). A resend carries the same id.</summary>
public interface IEventPublisher
{
    /// <summary>False when no topic is configured, so that nothing needs to be read for it.</summary>
    bool Enabled { get; }

    /// <exception cref="RetryLaterException">The topic cannot be reached.</exception>
    Task PublishAsync(IReadOnlyList<OutgoingEvent> events, CancellationToken cancel);
}

/// <summary>One CloudEvent.</summary>
/// <param name="Type">Such as <c>Rekey.KeyRotated</c>.</param>
public sealed record OutgoingEvent(string Id, string Type, string Subject, DateTimeOffset Time, JsonObject Data);

/// <summary>Says more than a ledger line's facts where subscribers want a form of their own, such as OCSF for findings.</summary>
public interface IEventData
{
    /// <summary>The event's data; null for the facts as they are.</summary>
    JsonObject? Of(LedgerLine line);
}
