using System.Text.Json.Nodes;
using Rekey.Cli.Output.Items;

namespace Rekey.Cli.Commands.Operators;

/// <summary>The collections of the API, and what their lists show.</summary>
internal static class ApiResources
{
    public static readonly ApiResource Departures = new()
    {
        Group = "departures",
        Summary = "Lists departures.",
        Columns =
        [
            ItemColumn.At("departure", "departure", "id"),
            ItemColumn.At("person", "person"),
            ItemColumn.At("noticed", "noticedAt"),
            ItemColumn.At("confirmed", "confirmed"),
            ItemColumn.At("hostile", "hostile"),
            ItemColumn.At("ended", "endedAt", "settledAt"),
            ItemColumn.At("outcome", "outcome.result"),
        ],
    };

    public static readonly ApiResource Rotations = new()
    {
        Group = "rotations",
        Summary = "Lists rotations.",
        Columns =
        [
            ItemColumn.At("rotation", "rotation", "id"),
            ItemColumn.At("key", "key"),
            ItemColumn.At("state", "state"),
            ItemColumn.At("outcome", "outcome.result", "result"),
            ItemColumn.At("started", "startedAt"),
            ItemColumn.At("new version", "newVersion"),
            ItemColumn.At("trust ended", "trustEndedAt"),
            ItemColumn.At("worthless at", "worthlessAt"),
            ItemColumn.At("stuck because", "stuckReason"),
        ],
    };

    public static readonly ApiResource Keys = new()
    {
        Group = "keys",
        Summary = "Lists the governed keys.",
        Columns =
        [
            ItemColumn.At("key", "key"),
            ItemColumn.At("issuer", "issuer"),
            new("current version", item => Current(item)?["version"]),
            new("trusted from", item => Current(item)?["window"]?["trustedFrom"]),
            ItemColumn.At("baseline", "hasBaseline"),
            ItemColumn.At("last rotation", "rotation.state"),
            ItemColumn.At("custodians", "custodians"),
        ],
        HasItems = false,
        Filters = [("issuer", "The name of an issuer: only its keys."), ("custodian", "The object id of a person: only their keys.")],
    };

    public static readonly ApiResource Findings = new()
    {
        Group = "findings",
        Summary = "Lists findings, the most severe first.",
        Columns =
        [
            ItemColumn.At("finding", "id"),
            ItemColumn.At("severity", "severity"),
            ItemColumn.At("kind", "kind"),
            ItemColumn.At("about", "about"),
            ItemColumn.At("title", "title"),
            ItemColumn.At("first seen", "firstSeen"),
            ItemColumn.At("closed", "closedAt"),
        ],
        Filters = [("state", "open (the default), or all for recently closed ones too.")],
        Inner = "tokens",
    };

    public static readonly ApiResource Decisions = new()
    {
        Group = "decisions",
        Summary = "Lists the decisions that wait for an approver.",
        Columns =
        [
            ItemColumn.At("decision", "id"),
            ItemColumn.At("kind", "kind"),
            ItemColumn.At("about", "about"),
            ItemColumn.At("state", "state"),
            ItemColumn.At("expires", "expiresAt"),
            ItemColumn.At("on silence", "onExpiry"),
        ],
    };

    public static readonly ApiResource Blocks = new()
    {
        Group = "blocks",
        Summary = "Lists the entries of the blocklist.",
        Columns =
        [
            ItemColumn.At("block", "id"),
            ItemColumn.At("kind", "kind"),
            ItemColumn.At("issuer", "issuer"),
            ItemColumn.At("value", "value"),
            ItemColumn.At("reason", "reason"),
            ItemColumn.At("expires", "expiresAt"),
            ItemColumn.At("finding", "finding"),
        ],
    };

    public static readonly ApiResource Ledger = new()
    {
        Group = "ledger",
        Summary = "Lists lines of the ledger.",
        Columns =
        [
            ItemColumn.At("line", "line", "number"),
            ItemColumn.At("at", "at"),
            ItemColumn.At("kind", "kind"),
            ItemColumn.At("about", "about"),
            ItemColumn.At("by", "by"),
        ],
        HasItems = false,
        OtherMembers = ["lines", "entries"],
    };

    private static JsonObject? Current(JsonObject key) =>
        (key["versions"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(v => v["state"]?.ToString() == "Current");
}
