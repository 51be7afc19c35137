using System.Collections.Immutable;
using Rekey.Findings;
using Rekey.Notifications.Channels;

namespace Rekey.Notifications.Incidents;

/// <summary>The open incidents, the last notifications, and how far each channel has got, after a line of the ledger.</summary>
public sealed record NotificationState
{
    /// <summary>How many notifications are kept for channels that do not take them.</summary>
    public const int MaxKept = 1000;

    public static readonly NotificationState None = new();

    /// <summary>The open incidents, by id.</summary>
    public ImmutableDictionary<string, Incident> Incidents { get; init; } = ImmutableDictionary<string, Incident>.Empty;

    /// <summary>Questions about rotations whose cause the next line names, by id.</summary>
    public ImmutableDictionary<string, OpenQuestion> Unplaced { get; init; } = ImmutableDictionary<string, OpenQuestion>.Empty;

    /// <summary>The last notifications, the oldest first.</summary>
    public ImmutableList<Notification> Kept { get; init; } = [];

    /// <summary>The line of the last notification that is no longer kept, by its severity.</summary>
    public ImmutableDictionary<Severity, long> Dropped { get; init; } = ImmutableDictionary<Severity, long>.Empty;

    /// <summary>The line up to which each channel got everything, by the channel's name.</summary>
    public ImmutableDictionary<string, long> SentTo { get; init; } = ImmutableDictionary<string, long>.Empty;

    /// <summary>The line that opened each channel, by the channel's name: it gets what comes after that.</summary>
    public ImmutableDictionary<string, long> OpenedAt { get; init; } = ImmutableDictionary<string, long>.Empty;

    public bool IsOpen(NotificationChannel channel) => OpenedAt.ContainsKey(channel.Name);

    /// <summary>Whether the notification is the first one of its incident for the channel.</summary>
    public bool IsNew(Notification notification, NotificationChannel channel) =>
        notification.IsNewFor(channel.MinimumSeverity, OpenedAt.GetValueOrDefault(channel.Name));

    /// <summary>The next notification for the channel; null when it got everything.</summary>
    public Notification? NextFor(NotificationChannel channel) =>
        SentTo.TryGetValue(channel.Name, out var sent) ? Kept.Find(n => n.Line > sent && n.IsFor(channel.MinimumSeverity)) : null;

    /// <summary>The line up to which notifications for the channel are no longer kept and were not sent; null when there is none.</summary>
    public long? LostFor(NotificationChannel channel) =>
        SentTo.TryGetValue(channel.Name, out var sent)
        && Dropped.Where(d => d.Key >= channel.MinimumSeverity && d.Value > sent).Select(d => (long?)d.Value).Max() is { } line
            ? line
            : null;

    internal NotificationState With(Incident incident) => this with { Incidents = Incidents.SetItem(incident.Id, incident) };

    internal NotificationState Without(Incident incident) => this with { Incidents = Incidents.Remove(incident.Id) };

    internal NotificationState Add(Notification notification)
    {
        var kept = Kept.Add(notification);
        return kept.Count <= MaxKept
            ? this with
            {
                Kept = kept,
            }
            : this with
            {
                Kept = kept.RemoveAt(0),
                Dropped = Dropped.SetItem(kept[0].Severity, kept[0].Line),
            };
    }

    /// <summary>A second line about the same channel, which two processes may write, changes nothing.</summary>
    internal NotificationState Opened(string channel, long line) =>
        OpenedAt.ContainsKey(channel) ? this : Sent(channel, line) with { OpenedAt = OpenedAt.Add(channel, line) };

    internal NotificationState Sent(string channel, long line) =>
        SentTo.GetValueOrDefault(channel) < line ? this with { SentTo = SentTo.SetItem(channel, line) } : this;
}
