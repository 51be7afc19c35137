using System.Text.Json.Nodes;
using Spectre.Console;

namespace Rekey.Cli.Output.Items;

/// <summary>Writes exposure for people: of one person a block for each key, of everyone a table of keys.</summary>
internal static class ExposureOutput
{
    private static readonly ItemColumn[] Columns =
    [
        ItemColumn.At("key", "key"),
        ItemColumn.At("people", "people"),
        ItemColumn.At("grade", "grade"),
        new("for example", key => (key["who"] as JsonArray)?.FirstOrDefault()),
    ];

    public static void Write(IAnsiConsole console, JsonObject exposure)
    {
        var keys = (exposure["keys"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        if (exposure["user"] is not { } user)
        {
            ItemTable.Write(console, Columns, new JsonArray([.. keys.Select(k => k.DeepClone())]));
            console.WriteLine($"{keys.Count:N0} {(keys.Count == 1 ? "key" : "keys")} that people could have used or taken.");
            return;
        }

        foreach (var key in keys)
        {
            ItemBlocks.WriteFacts(console, ItemText.Of(key["key"]), [.. Facts(key)]);
            console.WriteLine();
        }

        var atOnce = keys.Count(k => ItemText.Of(k["plan"]) == "Immediate");
        console.WriteLine(
            keys.Count == 0
                ? $"{PlainText.Of(ItemText.Of(user))} could have used or taken no key."
                : $"If {PlainText.Of(ItemText.Of(user))} left now: {keys.Count:N0} {(keys.Count == 1 ? "key" : "keys")}, "
                    + $"{atOnce:N0} rotated at once."
        );
    }

    private static IEnumerable<(string Name, string Text)> Facts(JsonObject key)
    {
        yield return (
            "plan",
            ItemText.Of(key["plan"]) == "Immediate" ? "rotated at once: live tokens of the old versions end" : "rotated gracefully"
        );
        foreach (var reason in key["reasons"] as JsonArray ?? [])
        {
            yield return ("reason", ItemText.Of(reason));
        }

        yield return ("grade", ItemText.Of(key["grade"]));
        foreach (var why in key["gradeWhy"] as JsonArray ?? [])
        {
            yield return ("because", ItemText.Of(why));
        }

        if (key["liveTokens"] is not null || key["liveTokensUnknown"] is not null)
        {
            yield return (
                "live tokens",
                key["liveTokens"] is { } tokens
                    ? $"{ItemText.Of(tokens)}, held by {ItemText.Of(key["callers"])}, counted {ItemText.Of(key["countedAt"])}"
                    : $"unknown: {ItemText.Of(key["liveTokensUnknown"])}"
            );
        }

        if (key["forgottenAt"] is { } forgotten)
        {
            yield return ("forgotten", $"by every verifier at {ItemText.Of(forgotten)}");
        }
    }
}
