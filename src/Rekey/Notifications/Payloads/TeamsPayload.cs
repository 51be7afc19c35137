using System.Text.Json.Nodes;

namespace Rekey.Notifications.Payloads;

/// <summary>A message with one Adaptive Card, as a Teams workflow takes it.</summary>
internal static class TeamsPayload
{
    // Teams takes 28 KB a message.
    private const int LongestLine = 2000;

    public static JsonObject Of(NotificationText text) =>
        new()
        {
            ["type"] = "message",
            ["attachments"] = new JsonArray(
                new JsonObject
                {
                    ["contentType"] = "application/vnd.microsoft.card.adaptive",
                    ["contentUrl"] = null,
                    ["content"] = Card(text),
                }
            ),
        };

    private static JsonObject Card(NotificationText text)
    {
        var actions = new JsonArray();
        foreach (var (title, address) in new[] { ("Open", text.Link), ("Runbook", text.Runbook) })
        {
            if (address?.StartsWith("https://", StringComparison.Ordinal) is true)
            {
                actions.Add(
                    new JsonObject
                    {
                        ["type"] = "Action.OpenUrl",
                        ["title"] = title,
                        ["url"] = address,
                    }
                );
            }
        }

        return new()
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = "1.4",
            ["msteams"] = new JsonObject { ["width"] = "Full" },
            ["body"] = new JsonArray(
                Line(Run(text.Title, ("weight", "Bolder"), ("size", "Medium"))),
                Line(Run(text.What)),
                Line(Run(text.Who)),
                Line(Run(text.Contained, ("weight", "Bolder"))),
                text.Command is { } command
                    ? Line(Run($"{text.Wanted} Run "), Run(command, ("fontType", "Monospace")), Run($" Runbook: {text.Runbook}"))
                    : Line(Run($"{text.Wanted} Runbook: {text.Runbook}"))
            ),
            ["actions"] = actions,
        };
    }

    /// <summary>A line of runs, which Teams shows as they are: the text of a block could hold links and mark-up.</summary>
    private static JsonObject Line(params JsonObject[] runs) =>
        new() { ["type"] = "RichTextBlock", ["inlines"] = new JsonArray([.. runs]) };

    private static JsonObject Run(string text, params (string Name, string Value)[] style)
    {
        var run = new JsonObject { ["type"] = "TextRun", ["text"] = BoundedText.Of(text, LongestLine) };
        foreach (var (name, value) in style)
        {
            run[name] = value;
        }

        return run;
    }
}
