namespace Rekey.Notifications.Channels;

/// <summary>Settings for notifications of people.</summary>
public sealed class NotificationOptions
{
    /// <summary>The channels that get notifications. None by default: then only the alert rule on the log notifies
    /// people.</summary>
    public IList<NotificationChannel> Channels { get; set; } = [];

    /// <summary>The https address of this app, for links. By default the host name that the platform gives to the app; without one,
    /// notifications have no links to the app.</summary>
    public Uri? AppAddress { get; set; }

    /// <summary>The https address of your copy of docs/operations.md, for links to a section of it. Without one, notifications name the
    /// file and the section.</summary>
    public Uri? RunbookAddress { get; set; }

    /// <summary>How long a notification that a channel does not take is tried again before it becomes a dead letter.</summary>
    /// <remarks>A day: later, the findings themselves are the better source.</remarks>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Lists every mistake in these settings.</summary>
    public IEnumerable<string> Validate() =>
        [
            .. Channels.SelectMany(c => c.Validate()),
            .. Channels
                .GroupBy(c => c.Name, StringComparer.OrdinalIgnoreCase)
                .Where(g => g.Count() > 1)
                .Select(g => $"Notifications:Channels: the name '{g.Key}' is given to {g.Count()} channels."),
            .. new[] { (nameof(AppAddress), AppAddress), (nameof(RunbookAddress), RunbookAddress) }
                .Where(a => a.Item2 is not (null or { IsAbsoluteUri: true, Scheme: "https" }))
                .Select(a => $"Notifications:{a.Item1} must be an https address."),
            .. GiveUpAfter < TimeSpan.FromMinutes(1) || GiveUpAfter > TimeSpan.FromDays(30)
                ? ["Notifications:GiveUpAfter must be between a minute and 30 days."]
                : Array.Empty<string>(),
        ];
}
