using Rekey.Findings;
using Rekey.Notifications.Channels;

namespace Rekey.Tests.Notifications;

/// <summary>Wrong channels are refused at the start, without their addresses and secrets in the message.</summary>
public sealed class NotificationOptionsTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [Theory]
    [InlineData("oncall", "https://a.example/hook", ChannelKind.Webhook, Secret, null)]
    [InlineData("oncall", "https://a.example/hook", ChannelKind.Slack, null, null)]
    [InlineData("oncall", "http://a.example/hidden", ChannelKind.Slack, null, "Url must be an https address")]
    [InlineData("oncall", "ftp://a.example/hidden", ChannelKind.Slack, null, "Url must be an https address")]
    [InlineData("oncall", "/hidden", ChannelKind.Slack, null, "Url must be an https address")]
    [InlineData("oncall", "https://u:hidden@a.example/", ChannelKind.Slack, null, "Url must be an https address")]
    [InlineData("oncall", null, ChannelKind.Slack, null, "Url must be an https address")]
    [InlineData("", "https://a.example/hidden", ChannelKind.Slack, null, "needs a Name")]
    [InlineData("on call", "https://a.example/hidden", ChannelKind.Slack, null, "needs a Name")]
    [InlineData("oncall", "https://a.example/hidden", (ChannelKind)7, null, "Kind must be")]
    [InlineData("oncall", "https://a.example/hidden", ChannelKind.Webhook, null, "SigningSecret must be")]
    [InlineData("oncall", "https://a.example/hidden", ChannelKind.Webhook, "hidden", "SigningSecret must be")]
    [InlineData("oncall", "https://a.example/hidden", ChannelKind.Webhook, "whsec_aGlkZGVu", "SigningSecret must be")]
    [InlineData("oncall", "https://a.example/hidden", ChannelKind.Teams, Secret, "SigningSecret is for a webhook only")]
    public void A_channel_is_checked(string name, string? url, ChannelKind kind, string? secret, string? mistake)
    {
        var options = new NotificationOptions
        {
            Channels =
            [
                new()
                {
                    Name = name,
                    Url = url is null ? null : new(url, UriKind.RelativeOrAbsolute),
                    Kind = kind,
                    SigningSecret = secret,
                },
            ],
        };
        var mistakes = options.Validate().ToList();
        if (mistake is null)
        {
            Assert.Empty(mistakes);
        }
        else
        {
            Assert.Contains(mistakes, m => m.Contains(mistake, StringComparison.Ordinal));
        }

        Assert.DoesNotContain(mistakes, m =>
            m.Contains("hidden", StringComparison.Ordinal) || m.Contains(Secret, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Two_channels_of_one_name_and_other_addresses_are_refused()
    {
        var options = new NotificationOptions
        {
            Channels = [Channel("a"), Channel("A")],
            AppAddress = new("http://a.example"),
            RunbookAddress = new("/x", UriKind.Relative),
            GiveUpAfter = TimeSpan.Zero,
        };
        Assert.Equal(4, options.Validate().Count());
        options.Channels[1].MinimumSeverity = (Severity)9;
        Assert.Equal(5, options.Validate().Count());

        static NotificationChannel Channel(string name) =>
            new()
            {
                Name = name,
                Kind = ChannelKind.Slack,
                Url = new("https://a.example/b"),
            };
    }
}
