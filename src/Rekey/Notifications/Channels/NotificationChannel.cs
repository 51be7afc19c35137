using Rekey.Findings;

namespace Rekey.Notifications.Channels;

/// <summary>A channel that gets notifications. Its address and its secret come from settings only, and appear in no log.</summary>
public sealed class NotificationChannel
{
    private const string SecretPrefix = "whsec_";

    /// <summary>The channel's name, 1 to 40 letters, digits and hyphens. It stands in the ledger and in findings. Another name is another
    /// channel.</summary>
    public string Name { get; set; } = "";

    /// <summary>The format that the channel takes.</summary>
    public ChannelKind Kind { get; set; }

    /// <summary>The https address to post to. Set it as a Key Vault reference: a person who knows the address of a Teams or Slack channel
    /// can write there.</summary>
    public Uri? Url { get; set; }

    /// <summary>The lowest severity of an incident that the channel is notified of.</summary>
    /// <remarks>High, because a person on call can do nothing about most of what is below.</remarks>
    public Severity MinimumSeverity { get; set; } = Severity.High;

    /// <summary>Whether notifications show the name of a person beside the object id.</summary>
    /// <remarks>Off, because chats keep names for longer than the law allows (T26).</remarks>
    public bool ShowNames { get; set; }

    /// <summary>The secret that signs a webhook's requests: <c>whsec_</c> and 24 to 64 random bytes in base64. For a webhook only. Set it
    /// as a Key Vault reference.</summary>
    public string? SigningSecret { get; set; }

    /// <summary>Gives the bytes of the signing secret. Call after <see cref="Validate"/>.</summary>
    internal byte[] SigningKey() => Convert.FromBase64String(SigningSecret![SecretPrefix.Length..]);

    /// <summary>Lists every mistake in these settings, without the address and the secret.</summary>
    public IEnumerable<string> Validate()
    {
        var at = $"Notifications:Channels:{Name}";
        if (Name.Length is 0 or > 40 || !Name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
        {
            yield return "Notifications:Channels: each channel needs a Name of 1 to 40 letters, digits and hyphens.";
        }

        if (!Enum.IsDefined(Kind))
        {
            yield return $"{at}: Kind must be Webhook, Teams or Slack.";
        }

        if (!Enum.IsDefined(MinimumSeverity))
        {
            yield return $"{at}: MinimumSeverity must be Informational, Low, Medium, High or Critical.";
        }

        if (Url is not { IsAbsoluteUri: true, UserInfo: "" } || !string.Equals(Url.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal))
        {
            yield return $"{at}: Url must be an https address without a user name.";
        }

        if (Kind is ChannelKind.Webhook && !IsSecret(SigningSecret))
        {
            yield return $"{at}: SigningSecret must be {SecretPrefix} and 24 to 64 random bytes in base64: without it the receiver cannot "
                + "verify that a notification comes from Rekey.";
        }

        if (Kind is not ChannelKind.Webhook && SigningSecret is not null)
        {
            yield return $"{at}: SigningSecret is for a webhook only. {Kind} does not verify signatures.";
        }
    }

    private static bool IsSecret(string? secret)
    {
        Span<byte> bytes = stackalloc byte[66];
        return secret?.StartsWith(SecretPrefix, StringComparison.Ordinal) is true
            && Convert.TryFromBase64String(secret[SecretPrefix.Length..], bytes, out var length)
            && length is >= 24 and <= 64;
    }
}
