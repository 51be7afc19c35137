namespace Rekey.Notifications.Channels;

/// <summary>The format that a channel takes.</summary>
public enum ChannelKind
{
    /// <summary>Rekey's own JSON document, signed as Standard Webhooks describe it.</summary>
    Webhook,

    /// <summary>An Adaptive Card for a Microsoft Teams workflow that starts when a webhook request is received.</summary>
    Teams,

    /// <summary>Blocks for an incoming webhook of Slack.</summary>
    Slack,
}
