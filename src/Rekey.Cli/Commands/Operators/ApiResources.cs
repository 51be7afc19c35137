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
            ItemColumn.At("departure", "departure"),
            ItemColumn.At("person", "person"),
            ItemColumn.At("noticed", "noticedAt"),
            ItemColumn.At("confirmed", "confirmed"),
            ItemColumn.At("hostile", "hostile"),
            ItemColumn.At("ended", "endedAt"),
            ItemColumn.At("keys", "results"),
        ],
        Filters =
        [
            ("state", "all (the default), open until every exposed key has an outcome, or ended."),
            Since("noticed"),
            ("person", "The object id or the sign-in name of a person: only their departures."),
        ],
    };

    public static readonly ApiResource Rotations = new()
    {
        Group = "rotations",
        Summary = "Lists rotations.",
        Columns =
        [
            ItemColumn.At("rotation", "rotation"),
            ItemColumn.At("key", "key"),
            ItemColumn.At("state", "state"),
            ItemColumn.At("outcome", "result"),
            ItemColumn.At("started", "startedAt"),
            ItemColumn.At("new version", "newVersion"),
            ItemColumn.At("trust ended", "trustEndedAt"),
            ItemColumn.At("worthless at", "worthlessAt"),
            ItemColumn.At("stuck because", "stuckReason"),
        ],
        Filters =
        [
            ("key", "The id of a key, or its name: only its rotations."),
            ("state", "A state of rotations, such as Stuck: only these."),
            ("result", "rotated, cancelled, or running while there is none."),
            Since("begun"),
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
        Filters =
        [
            ("issuer", "The name of an issuer: only its keys."),
            ("custodian", "The object id or the sign-in name of a person: only their keys."),
            ("key", "The id of a key, or its name: only this key."),
        ],
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
        Filters =
        [
            ("state", "open (the default), or all for recently closed ones too."),
            ("kind", "A kind of findings, such as unknown-version: only these."),
            ("severity", "Low, Medium, High or Critical: only findings that are at least as severe."),
            About,
        ],
        Inner = "tokens",
    };

    public static readonly ApiResource Decisions = new()
    {
        Group = "decisions",
        Summary = "Lists decisions: those that wait for an approver, or with --state the answered ones too.",
        Columns =
        [
            ItemColumn.At("decision", "id"),
            ItemColumn.At("kind", "kind"),
            ItemColumn.At("about", "about"),
            ItemColumn.At("state", "state"),
            ItemColumn.At("expires", "expiresAt"),
            ItemColumn.At("on silence", "onExpiry"),
        ],
        Filters =
        [
            ("state", "pending (the default), approved, declined, lapsed, withdrawn or all."),
            ("kind", "A kind of decisions, such as rotate: only these."),
            About,
            Since("asked"),
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
        Path = "ledger/lines",
        Summary = "Lists lines of the ledger, the newest first.",
        Columns =
        [
            ItemColumn.At("line", "number"),
            ItemColumn.At("at", "at"),
            ItemColumn.At("kind", "kind"),
            ItemColumn.At("about", "about"),
        ],
        Filters =
        [
            ("kind", "A kind of lines, such as trust-ended: only these."),
            About,
            Since("written"),
            ("until", "A time: only lines that were written before then."),
        ],
        HasItems = false,
        OtherMembers = ["lines"],
    };

    private static (string Name, string Description) About => ("about", "The subject, such as the id of a key, or its beginning.");

    private static (string Name, string Description) Since(string what) =>
        ("since", $"A time such as 2026-11-30T10:00:00Z: only those {what} since then.");

    private static JsonObject? Current(JsonObject key) =>
        (key["versions"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(v => v["state"]?.ToString() == "Current");
}
