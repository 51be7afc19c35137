using Rekey.Core;
using Rekey.Findings;

namespace Rekey.Departures.Feed;

/// <summary>Builds the findings about the departure feed.</summary>
internal static class FeedFindings
{
    private const string About = ChangeSubscription.Users;

    public static readonly string NotRenewedId = Finding.IdOf(FindingKinds.SubscriptionNotRenewed, About);

    public static readonly string EndingId = Finding.IdOf(FindingKinds.SubscriptionEnding, About);

    public static readonly string SilentId = Finding.IdOf(FindingKinds.SubscriptionSilent, About);

    /// <summary>A renewal that is due failed.</summary>
    public static Finding NotRenewed(FeedSubscription? known, Exception why, FeedOptions options, DateTimeOffset now) =>
        new(
            FindingKinds.SubscriptionNotRenewed,
            About,
            Severity.High,
            known?.Id is null
                ? "Rekey cannot create the Graph subscription: it does not notice departures by events."
                : $"Rekey cannot renew the Graph subscription. It ends at {known.EndsAt:u}; from then on Rekey notices no departures by "
                    + "events.",
            Remedy(why, options),
            Facts.Of(
                ("subscription", known?.Id?.ToString() ?? ""),
                ("endsAt", known?.Id is null ? "" : $"{known.EndsAt:O}"),
                ("reason", why is CannotContinueException refused ? refused.Reason : "no-reply")
            ),
            known?.RenewedAt + options.RenewAfter ?? now,
            now
        )
        {
            Milestone = why is CannotContinueException reason ? reason.Reason : "no-reply",
        };

    /// <summary>
    /// The subscription ends soon, has ended or is gone; null when it has enough life left or was never created. It asks the record alone.
    /// </summary>
    public static Finding? Ending(FeedSubscription known, FeedOptions options, DateTimeOffset now) =>
        known.Id is not null && known.EndsAt - now > options.CriticalWhenLeft ? null
        : known.Id is null && known.GoneAt is null ? null
        : known.Id is not null && known.EndsAt > now
            ? Ending(
                "ending",
                $"The Graph subscription ends at {known.EndsAt:u}, and was not renewed since {known.RenewedAt:u}. From then on Rekey "
                    + "notices no departures by events.",
                known,
                options,
                known.EndsAt - options.CriticalWhenLeft,
                now
            )
        : Ending(
            "lapsed",
            $"The Graph subscription {(known.Id is null ? "is gone" : "ended")} since {known.GoneAt ?? known.EndsAt:u}: Rekey does not "
                + "notice departures by events.",
            known,
            options,
            known.GoneAt ?? known.EndsAt,
            now
        );

    /// <summary>No subscription was ever created, and creating one failed.</summary>
    public static Finding NeverCreated(FeedOptions options, DateTimeOffset now) =>
        Ending("lapsed", "There is no Graph subscription: Rekey does not notice departures by events.", known: null, options, now, now);

    /// <summary>The subscription was gone before its end, or had ended: some changes were not delivered.</summary>
    /// <param name="from">Until then it lived for sure.</param>
    public static Finding Gone(FeedSubscription known, DateTimeOffset from, DateTimeOffset now) =>
        new(
            FindingKinds.SubscriptionGone,
            known.Id?.ToString() ?? About,
            Severity.High,
            known.EndsAt <= now
                ? $"The Graph subscription ended at {known.EndsAt:u}. Rekey creates another one. Changes of accounts from then until now "
                    + "were not delivered."
                : $"The Graph subscription was deleted before its end, after {from:u}. Rekey creates another one. Changes of accounts "
                    + "between the two were not delivered.",
            "Find out which application or person deleted it: the Graph activity log has DELETE /subscriptions. Check who left in that "
                + "time, and report each of them: rekey departures report <object id>.",
            Facts.Of(
                ("subscription", known.Id?.ToString() ?? ""),
                ("from", $"{(known.EndsAt <= now ? known.EndsAt : from):O}"),
                ("until", $"{now:O}")
            ),
            known.EndsAt <= now ? known.EndsAt : from,
            now
        );

    /// <summary>The subscription lives, and no event arrives.</summary>
    /// <param name="last">The last event; null when none has arrived since the subscription was created.</param>
    public static Finding Silent(FeedSubscription known, DateTimeOffset? last, FeedOptions options, DateTimeOffset now)
    {
        var (group, topic) = options.Names;
        return new(
            FindingKinds.SubscriptionSilent,
            About,
            Severity.High,
            last is { } at
                ? $"The Graph subscription lives, and no event about an account has arrived since {at:u}: Rekey may not notice departures."
                : $"No event about an account has arrived since the Graph subscription was created at {known.CreatedAt:u}: Rekey may not "
                    + "notice departures. The partner topic may not be activated.",
            $"Activate the partner topic: az eventgrid partner topic activate --resource-group {group} --name {topic}. "
                + $"List its event subscriptions: az eventgrid partner topic event-subscription list --resource-group {group} "
                + $"--partner-topic-name {topic}. If the one into the queue user-changes is missing, deploy again with "
                + $"feed.partnerTopicName = '{topic}'. Then change a property of a test account: an event must arrive within minutes.",
            Facts.Of(("subscription", $"{known.Id}"), ("last", last is { } seen ? $"{seen:O}" : ""), ("partnerTopic", topic)),
            last ?? known.CreatedAt,
            now
        )
        {
            Milestone = last is null ? "never" : "silent",
        };
    }

    private static Finding Ending(
        string stage,
        string title,
        FeedSubscription? known,
        FeedOptions options,
        DateTimeOffset since,
        DateTimeOffset now
    ) =>
        new(
            FindingKinds.SubscriptionEnding,
            About,
            Severity.Critical,
            title,
            $"The finding {FindingKinds.SubscriptionNotRenewed} has the reason. Rekey tries again every five minutes. If there is no such "
                + "finding, read the log of the function RenewSubscription. Until the subscription lives, report departures: "
                + "rekey departures report <object id>. "
                + TopicExpired(options),
            Facts.Of(("subscription", known?.Id?.ToString() ?? ""), ("endsAt", known is null ? "" : $"{known.EndsAt:O}"), ("stage", stage)),
            since,
            now
        )
        {
            Milestone = stage,
        };

    private static string Remedy(Exception why, FeedOptions options) =>
        why is CannotContinueException refused
            ? $"{refused.Message} {refused.Remedy} {TopicExpired(options)}"
            : $"{why.Message} Rekey tries again every five minutes. If that goes on, check that the app reaches Graph.";

    /// <summary>Graph does not revive the topic of a subscription that ended long ago.</summary>
    private static string TopicExpired(FeedOptions options)
    {
        var (group, topic) = options.Names;
        return "If the subscription ended more than 30 days ago, delete its partner topic: "
            + $"az eventgrid partner topic delete --resource-group {group} --name {topic}.";
    }
}
