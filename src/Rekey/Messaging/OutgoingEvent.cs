using System.Text.Json.Nodes;
using Rekey.Ledgers;

namespace Rekey.Messaging;

/// <summary>A CloudEvent to be sent.</summary>
/// <param name="Type">Such as <c>Rekey.KeyRotated</c>.</param>
/// <param name="Head">
/// A line of the ledger, this one or a later one, by count and hash: a subscriber that keeps the newest notices when the ledger is cut.
/// </param>
public sealed record OutgoingEvent(string Id, string Type, string Subject, DateTimeOffset Time, JsonObject Data, LedgerHead Head);
