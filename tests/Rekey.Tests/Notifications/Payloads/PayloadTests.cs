using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Findings;
using Rekey.Notifications.Channels;
using Rekey.Notifications.Incidents;
using Rekey.Notifications.Payloads;
using Rekey.Tests.Architecture;

namespace Rekey.Tests.Notifications.Payloads;

/// <summary>What receivers get, letter by letter. Set REKEY_WRITE_DOCS=1 to write the files anew, and read the difference.</summary>
public sealed class PayloadTests
{
    private const string Person = "5b0b1a4e-0000-4000-8000-0000000000aa";

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly Notification Question = new(
        "incident-1",
        42,
        new(2027, 3, 1, 9, 0, 12, TimeSpan.Zero),
        Severity.Critical,
        Before: null,
        "Rekey asks whether to rotate kv-prod-01.vault.azure.net/shop.",
        ["kv-prod-01.vault.azure.net/shop"],
        Person,
        IsContained: false,
        ContainedAt: null,
        "Answer: approve or decline. Without an answer Rekey carries it out.",
        new(2027, 3, 1, 13, 0, 0, TimeSpan.Zero),
        "rekey decisions approve c6CMvNPs",
        "decisions/c6CMvNPs",
        "answer-a-decision",
        IsOver: false
    );

    private static readonly Notification Contained = Question with
    {
        Line = 57,
        Before = new(Severity.Critical, "", 42, Question.At),
        What = "The old versions of kv-prod-01.vault.azure.net/shop are revoked: gateways refuse every token that they signed.",
        IsContained = true,
        ContainedAt = new(2027, 3, 1, 9, 4, 0, TimeSpan.Zero),
        Wanted = "Nothing. Users of these keys sign in again.",
        Until = null,
        Command = null,
        Link = $"departures/t~{Person}~1",
        Section = "a-wrong-departure",
        IsOver = true,
    };

    private static readonly NotificationOptions Addressed = new()
    {
        AppAddress = new("https://rekey.example"),
        RunbookAddress = new("https://wiki.example/rekey/operations"),
    };

    [Theory]
    [InlineData(ChannelKind.Webhook)]
    [InlineData(ChannelKind.Teams)]
    [InlineData(ChannelKind.Slack)]
    public void Each_kind_has_its_document(ChannelKind kind)
    {
        var documents = new JsonObject
        {
            ["a question, with a name and addresses"] = Of(kind, Question, Addressed, "Alice Example"),
            ["contained, without a name and addresses"] = Of(kind, Contained, new(), name: null),
        };
        var file = Path.Combine(SourceFiles.Root, "tests/Rekey.Tests/Notifications/Payloads", $"{kind.ToString().ToLowerInvariant()}.json");
        var text = documents.ToJsonString(Readable) + "\n";
        if (Environment.GetEnvironmentVariable("REKEY_WRITE_DOCS") is "1")
        {
            File.WriteAllText(file, text);
        }

        Assert.Equal(File.ReadAllText(file), text, ignoreLineEndingDifferences: true);
    }

    [Theory]
    [InlineData(ChannelKind.Webhook)]
    [InlineData(ChannelKind.Teams)]
    [InlineData(ChannelKind.Slack)]
    public void The_four_lines_are_there_and_no_name_that_was_not_given(ChannelKind kind)
    {
        var text = Of(kind, Question, Addressed, name: null).ToJsonString(Readable);
        Assert.DoesNotContain("Alice", text, StringComparison.Ordinal);
        Assert.All(
            (string[])[Question.What, Question.Keys[0], Person, "rekey decisions approve c6CMvNPs", "operations#answer-a-decision"],
            part => Assert.Contains(part, text, StringComparison.Ordinal)
        );
    }

    /// <summary>Slack refuses a header of more than 150 characters and a section of more than 3,000; Teams a message of more than 28
    /// KB.</summary>
    [Fact]
    public void Long_texts_are_cut_and_mark_up_is_text()
    {
        var keys = Enumerable.Range(0, 400).Select(n => $"kv-prod-01.vault.azure.net/<!channel>{n}&").ToList();
        var what = string.Concat(Enumerable.Repeat("<!channel> [a](https://evil.example) & 🔑 ", 400));
        var huge = Question with { What = what, Keys = keys, Wanted = what };
        var text = NotificationText.Of(huge, isNew: true, name: null, new('e', 400), Addressed);

        var slack = SlackPayload.Of(text);
        Assert.DoesNotContain("<!", slack.ToJsonString(Readable), StringComparison.Ordinal);
        foreach (var block in slack["blocks"]!.AsArray())
        {
            var most = block!["type"]!.GetValue<string>() == "header" ? 150 : 3000;
            Assert.InRange(block["text"]!["text"]!.GetValue<string>().Length, 1, most);
        }

        var teams = TeamsPayload.Of(text);
        Assert.InRange(JsonSerializer.SerializeToUtf8Bytes(teams).Length, 1, 28 * 1024);
        Assert.All(teams["attachments"]![0]!["content"]!["body"]!.AsArray(), line =>
            Assert.Equal("RichTextBlock", line!["type"]!.GetValue<string>())
        );
    }

    /// <summary>The example of the Standard Webhooks libraries.</summary>
    [Fact]
    public void The_signature_is_the_one_of_the_standard()
    {
        var headers = WebhookSignature.Headers(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            DateTimeOffset.FromUnixTimeSeconds(1614265330),
            """{"test": 2432232314}"""u8,
            Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        );
        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", headers["webhook-signature"]);
        Assert.Equal("1614265330", headers["webhook-timestamp"]);
        Assert.Equal("msg_p5jXN8AQM9LWM0D4loKWxJek", headers["webhook-id"]);
    }

    private static JsonObject Of(ChannelKind kind, Notification notification, NotificationOptions options, string? name)
    {
        var isNew = notification.IsNewFor(Severity.High, openedAt: 0);
        var text = NotificationText.Of(notification, isNew, name, "prod", options);
        return kind switch
        {
            ChannelKind.Teams => TeamsPayload.Of(text),
            ChannelKind.Slack => SlackPayload.Of(text),
            _ => WebhookPayload.Of(notification, isNew, name, "prod", text),
        };
    }
}
