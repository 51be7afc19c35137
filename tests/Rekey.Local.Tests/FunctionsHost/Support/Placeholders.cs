using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Rekey.Local.Tests.FunctionsHost.Support;

/// <summary>What differs between any two runs is one word in both: ids, ports, times.</summary>
internal static partial class Placeholders
{
    public static string In(string text)
    {
        text = text.Replace(new string('a', 1000), "(a x 1000)", StringComparison.Ordinal);
        text = Port().Replace(text, "localhost:{worker-http-port}");
        text = Guids().Replace(text, "{id}");
        text = Numbered().Replace(text, "{id}");
        text = DateHeader().Replace(text, "Date: (then)");
        return Iso().Replace(text, "(time)");
    }

    /// <summary>An invocation request without what names the run.</summary>
    public static string Request(JsonNode request)
    {
        var copy = request.DeepClone().AsObject();
        copy.Remove("function_id");
        copy.Remove("invocation_id");
        if (copy["trigger_metadata"]?["PopReceipt"] is not null)
        {
            copy["trigger_metadata"]!["PopReceipt"] = "(receipt)";
        }

        if (copy["trigger_metadata"]?["TimerTrigger"] is not null)
        {
            copy["trigger_metadata"]!["TimerTrigger"] = "(time)";
        }

        return In(Sorted(copy).ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    // The order of a map is of no meaning.
    private static JsonNode Sorted(JsonNode node) =>
        node switch
        {
            JsonObject members => new JsonObject(
                members
                    .OrderBy(member => member.Key, StringComparer.Ordinal)
                    .Select(member => KeyValuePair.Create(member.Key, member.Value is null ? null : (JsonNode?)Sorted(member.Value)))
            ),
            JsonArray items => new JsonArray([.. items.Select(item => item is null ? null : Sorted(item))]),
            _ => node.DeepClone(),
        };

    [GeneratedRegex(@"localhost:\d+", RegexOptions.None, 1000)]
    private static partial Regex Port();

    // Not the one that a caller of the recordings sends himself.
    [GeneratedRegex("(?!22222222)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", RegexOptions.None, 1000)]
    private static partial Regex Guids();

    [GeneratedRegex(@"\{(invocation|message-id)-\d+\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Numbered();

    [GeneratedRegex(@"Date: [^\r]+", RegexOptions.None, 1000)]
    private static partial Regex DateHeader();

    [GeneratedRegex(@"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Iso();
}
