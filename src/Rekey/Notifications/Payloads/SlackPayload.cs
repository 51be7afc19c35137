using System.Text.Json.Nodes;

namespace Rekey.Notifications.Payloads;

/// <summary>The blocks for an incoming webhook of Slack, with a plain text for notifications on a phone.</summary>
internal static class SlackPayload
{
    // A header takes 150 characters, the text of a section 3,000 (Block Kit reference). Escaping makes a character five.
    private const int LongestHeader = 150;
    private const int LongestLine = 550;

    public static JsonObject Of(NotificationText text) =>
        new()
        {
            ["text"] = Escaped($"{text.Title}. {text.What}"),
            ["blocks"] = new JsonArray(
                new JsonObject
                {
                    ["type"] = "header",
                    ["text"] = new JsonObject { ["type"] = "plain_text", ["text"] = BoundedText.Of(text.Title, LongestHeader) },
                },
                Section(Escaped(text.What)),
                Section(Escaped(text.Who) + (text.Link is { } link ? $" <{link}|Open>" : "")),
                Section($"*{Escaped(text.Contained)}*"),
                Section(
                    Escaped(text.Wanted)
                        + (text.Command is { } command ? $" Run `{Escaped(command)}`." : "")
                        + (IsAddress(text.Runbook) ? $" <{text.Runbook}|Runbook>" : $" Runbook: {Escaped(text.Runbook)}")
                )
            ),
        };

    private static JsonObject Section(string text) =>
        new()
        {
            ["type"] = "section",
            ["text"] = new JsonObject { ["type"] = "mrkdwn", ["text"] = text },
        };

    private static bool IsAddress(string text) => text.StartsWith("https://", StringComparison.Ordinal);

    /// <summary>Without markup: <c>&lt;!channel&gt;</c> would call everybody.</summary>
    private static string Escaped(string text) =>
        BoundedText
            .Of(text, LongestLine)
            .Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);
}
