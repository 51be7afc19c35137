using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Rekey.Cli.Output.Items;
using Rekey.Cli.Server;

namespace Rekey.Cli.Commands.Operators;

/// <summary>The command <c>rekey status</c>: whether Rekey runs, and what waits for a person.</summary>
internal static class StatusCommand
{
    public const string Name = "status";

    /// <summary>The most findings and decisions that are counted.</summary>
    private const int MostCounted = 10_000;

    public static Command Make(OperatorOptions options)
    {
        var command = options.AddTo(new Command(Name, "Shows whether Rekey runs, and what waits for a person."));
        command.SetAction(
            (parsed, cancellationToken) =>
                OperatorRun.OfAsync(parsed, options, "Reader", run => ShowAsync(run, cancellationToken), cancellationToken)
        );
        return command;
    }

    /// <summary>Reads what the command shows: the facts for people, and every answer of the server.</summary>
    internal static async Task<(IReadOnlyList<(string Name, string Text)> Facts, JsonObject Whole)> ReadAsync(
        ServerClient client,
        CancellationToken cancellationToken
    )
    {
        var health = await client.SendAsync(ServerRequest.Read("healthz") with { TakesUnavailable = true }, cancellationToken);
        var decisions = await ListAsync(ApiResources.Decisions);
        var findings = await ListAsync(ApiResources.Findings);
        var sweeps = await client.SendAsync(ServerRequest.Read("sweeps"), cancellationToken);
        var ledger = await client.SendAsync(ServerRequest.Read("ledger"), cancellationToken);
        var status = health.Body?["status"]?.ToString() ?? "unknown";
        var state = client.State ?? (status is "stopped" ? status : "running");
        List<(string, string)> facts =
        [
            ("state", state),
            ("health", status),
            ("decisions", Waiting(decisions.Items)),
            ("findings", Open(findings.Items)),
            ("last sweep", ItemText.Of(sweeps.Body?["onRecordAt"])),
            ("ledger lines", ItemText.Of(ledger.Body?["lines"])),
            ("last hash", ItemText.Of(ledger.Body?["hash"])),
        ];
        if (health.Body?["stoppedBy"] is JsonArray { Count: > 0 } by)
        {
            facts.Insert(1, ("stopped by", ItemText.Of(by)));
        }

        return (
            facts,
            new JsonObject
            {
                ["state"] = state,
                ["healthz"] = health.Body?.DeepClone(),
                ["decisions"] = decisions.Whole?.DeepClone(),
                ["findings"] = findings.Whole?.DeepClone(),
                ["sweeps"] = sweeps.Body?.DeepClone(),
                ["ledger"] = ledger.Body?.DeepClone(),
            }
        );

        Task<ItemList> ListAsync(ApiResource resource) =>
            client.ListAsync(ServerRequest.Read(resource.Group), resource.Members, MostCounted, cancellationToken);
    }

    private static async Task<int> ShowAsync(OperatorRun run, CancellationToken cancellationToken)
    {
        var (facts, whole) = await ReadAsync(run.Client, cancellationToken);
        await run.WriteAsync(console => ItemBlocks.WriteFacts(console, run.Client.Server.ToString(), facts), whole, items: null);
        return whole["state"]?.ToString() is "running" && whole["healthz"]?["status"]?.ToString() is "healthy"
            ? Outcome.Clean
            : Outcome.FoundStop;
    }

    private static string Waiting(JsonArray? decisions)
    {
        var times = (decisions ?? [])
            .Where(d => d?["state"]?.ToString() is null or "Pending")
            .Select(d => d?["expiresAt"])
            .OfType<JsonNode>()
            .OrderBy(t => DateTimeOffset.Parse(t.ToString(), CultureInfo.InvariantCulture))
            .ToList();
        return times.Count == 0 ? "none waits" : $"{times.Count:N0} waiting, the first expires {ItemText.Of(times[0])}";
    }

    private static string Open(JsonArray? findings) =>
        findings is not { Count: > 0 }
            ? "none open"
            : $"{findings.Count:N0} open: "
                + string.Join(", ", findings.GroupBy(f => f?["severity"]?.ToString()).Select(g => $"{g.Count():N0} {g.Key}"));
}
