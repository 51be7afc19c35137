using System.Text.Json.Nodes;
using Rekey.Ledgers;

namespace Rekey.Messaging;

/// <summary>
/// Builds event data with more than a ledger line's facts, where subscribers want another format, such as OCSF for findings.
/// </summary>
public interface IEventData
{
    /// <summary>The event's data; null for the facts as they are.</summary>
    JsonObject? Of(LedgerLine line);
}
