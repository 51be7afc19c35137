using System.Text.RegularExpressions;

namespace Rekey.Departures.Feed;

/// <summary>Settings of the departure feed: where Graph sends changes of accounts, and when a missing renewal is reported.</summary>
public sealed partial class FeedOptions
{
    /// <summary>The longest life that Rekey asks for: an hour less than Graph's limit of 41,760 minutes for users.</summary>
    /// <remarks>Graph refuses a longer one, and the app's clock may be ahead of Graph's.</remarks>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(41_760 - 60);

    /// <summary>
    /// The ARM id of the Event Grid partner topic, such as
    /// <c>/subscriptions/…/resourceGroups/rg-rekey-prod/providers/Microsoft.EventGrid/partnerTopics/pt-rekey-users</c>. Graph creates the
    /// topic with the subscription. Empty: Rekey creates and renews no Graph subscription.
    /// </summary>
    public string PartnerTopicId { get; set; } = "";

    /// <summary>The name of the partner topic's Azure region, such as <c>westeurope</c>, not its display name.</summary>
    public string Location { get; set; } = "";

    /// <summary>How long after a renewal the next one is due.</summary>
    /// <remarks>Default one day: four weeks of life are left whenever Graph, the permission or the app fails.</remarks>
    public TimeSpan RenewAfter { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How much life is left when a missing renewal becomes a critical finding.</summary>
    /// <remarks>Default seven days: people need a working week to grant a permission, also over a holiday.</remarks>
    public TimeSpan CriticalWhenLeft { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long no event may arrive while the subscription lives.</summary>
    /// <remarks>Default three days: accounts change on every working day, and a weekend has two days and a half.</remarks>
    public TimeSpan SilentAfter { get; set; } = TimeSpan.FromDays(3);

    /// <summary>Whether Rekey keeps the Graph subscription.</summary>
    internal bool IsSet => PartnerTopicId.Length > 0;

    /// <summary>The address of the partner topic as Graph takes it.</summary>
    internal string NotificationUrl =>
        Parts() is var (subscription, group, topic)
            ? $"EventGrid:?azuresubscriptionid={subscription}&resourcegroup={group}&partnertopic={topic}&location={Location}"
            : "";

    /// <summary>The resource group and the name of the partner topic, for commands.</summary>
    internal (string Group, string Topic) Names => Parts() is var (_, group, topic) ? (group, topic) : ("", "");

    /// <summary>Lists every mistake in these settings.</summary>
    public IEnumerable<string> Validate()
    {
        if (PartnerTopicId.Length == 0 != (Location.Length == 0))
        {
            yield return "Departures:Feed: set both PartnerTopicId and Location, or neither.";
        }

        if (PartnerTopicId.Length > 0 && Parts() is null)
        {
            yield return "Departures:Feed:PartnerTopicId must be the ARM id of a partner topic: "
                + "/subscriptions/<id>/resourceGroups/<name>/providers/Microsoft.EventGrid/partnerTopics/<name>.";
        }

        if (Location.Length > 0 && !Region().IsMatch(Location))
        {
            yield return "Departures:Feed:Location must be the name of a region such as westeurope, not its display name.";
        }

        if (RenewAfter < TimeSpan.FromHours(1))
        {
            yield return "Departures:Feed:RenewAfter must be an hour at least.";
        }

        if (CriticalWhenLeft < TimeSpan.FromDays(1) || RenewAfter + CriticalWhenLeft > Lifetime / 2)
        {
            yield return "Departures:Feed:CriticalWhenLeft must be a day at least, and together with RenewAfter at most half of a "
                + "subscription's life of 29 days.";
        }

        if (SilentAfter < TimeSpan.FromHours(1))
        {
            yield return "Departures:Feed:SilentAfter must be an hour at least.";
        }
    }

    /// <summary>Whether an address that Graph shows leads to the partner topic. Graph may write it in another order or case.</summary>
    internal bool IsOurs(string? address) =>
        address is not null
        && address.StartsWith("EventGrid:", StringComparison.OrdinalIgnoreCase)
        && NotificationUrl.Split('?')[^1].Split('&') is var wanted
        && address.Split('?')[^1].Split('&') is var shown
        && wanted.All(w => shown.Contains(w, StringComparer.OrdinalIgnoreCase));

    private (string Subscription, string Group, string Topic)? Parts() =>
        Id().Match(PartnerTopicId) is { Success: true } match
            ? (match.Groups["subscription"].Value, match.Groups["group"].Value, match.Groups["topic"].Value)
            : null;

    [GeneratedRegex(
        "\\A/subscriptions/(?<subscription>[0-9a-fA-F-]{36})/resourceGroups/(?<group>[A-Za-z0-9_.()-]{1,90})"
            + "/providers/Microsoft\\.EventGrid/partnerTopics/(?<topic>[A-Za-z0-9-]{3,50})\\z",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1_000
    )]
    private static partial Regex Id();

    [GeneratedRegex("\\A[a-z0-9]{4,40}\\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Region();
}
