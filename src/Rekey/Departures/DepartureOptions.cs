using Rekey.Departures.Feed;
using Rekey.Departures.SecurityEvents;

namespace Rekey.Departures;

/// <summary>Settings for departures.</summary>
public sealed class DepartureOptions
{
    /// <summary>The id of the Entra tenant, a GUID. Events of another tenant are refused.</summary>
    public string TenantId { get; set; } = "";

    /// <summary>The secret client state of the Graph subscription; an event without it is refused. When it changes, Rekey creates another
    /// subscription. Empty: no subscription yet, and every event is refused.</summary>
    public string ClientState { get; set; } = "";

    /// <summary>
    /// The former client state, a secret. It is accepted too, as long as events of the former subscription may still come. Empty when no
    /// change is under way.
    /// </summary>
    public string PreviousClientState { get; set; } = "";

    /// <summary>The ids of accepted Graph subscriptions besides the one that Rekey creates; empty accepts any of the tenant with the right
    /// client state.</summary>
    public IList<string> SubscriptionIds { get; set; } = [];

    /// <summary>The Graph subscription that Rekey keeps, and the partner topic that it sends to.</summary>
    public FeedOptions Feed { get; set; } = new();

    /// <summary>The identity providers that may push security events to <c>POST /security-events</c>; none accepts none.</summary>
    public IList<TransmitterOptions> Transmitters { get; set; } = [];

    /// <summary>The brake: with more departures in an hour than this, every response needs a decision.</summary>
    /// <remarks>
    /// A failing HR feed or a hijacked administrator disables thousands of accounts; ten leavers in one hour are a planned reorganisation.
    /// </remarks>
    public int MaxDeparturesAnHour { get; set; } = 10;

    /// <summary>Client id of the user-assigned identity that may revoke sign-in sessions, and do nothing else. It must not be the app's
    /// own. Null: operators revoke them.</summary>
    public string? CutOffClientId { get; set; }

    /// <summary>How long an access token can stay valid after the account was closed.</summary>
    /// <remarks>Default 90 minutes: Entra gives access tokens 60 to 90 minutes. Set it longer if a policy of the tenant does.</remarks>
    public TimeSpan MaxAccessTokenLifetime { get; set; } = TimeSpan.FromMinutes(90);

    /// <summary>After how long the approvers are asked whether the watch over a person ends. It ends by itself when nothing that they know
    /// is in reach any more.</summary>
    /// <remarks>Default 30 days: by then an application's owner has replaced what the person knew, or an approver accepts that it
    /// stays. Silence means that the watch goes on, and the question comes again after the same time.</remarks>
    public TimeSpan AskToEndWatchAfter { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Lists every mistake in these settings.</summary>
    public IEnumerable<string> Validate()
    {
        if (!Guid.TryParse(TenantId, out _))
        {
            yield return "Departures:TenantId must be the Entra tenant's id, a GUID.";
        }

        if (ClientState.Length is not 0 and (< 16 or > 128))
        {
            yield return "Departures:ClientState must be 16 to 128 characters, the secret that the Graph subscription was created with, "
                + "or left out while there is no subscription.";
        }

        if (PreviousClientState.Length is not 0 and (< 16 or > 128))
        {
            yield return "Departures:PreviousClientState must be 16 to 128 characters, "
                + "or left out when no change of the client state is under way.";
        }

        if (PreviousClientState.Length > 0 && ClientState.Length == 0)
        {
            yield return "Departures:PreviousClientState needs ClientState: it replaces the former one.";
        }

        if (PreviousClientState.Length > 0 && PreviousClientState == ClientState)
        {
            yield return "Departures:PreviousClientState is the same as ClientState: leave it out.";
        }

        foreach (var id in SubscriptionIds.Where(s => !Guid.TryParse(s, out _)))
        {
            yield return $"Departures:SubscriptionIds: '{id}' is not a GUID.";
        }

        if (Feed.IsSet && ClientState.Length == 0)
        {
            yield return "Departures:Feed needs Departures:ClientState: events of the subscription repeat it.";
        }

        foreach (var mistake in Feed.Validate().Concat(Transmitters.SelectMany(t => t.Validate())))
        {
            yield return mistake;
        }

        if (Transmitters.GroupBy(t => t.Issuer, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            yield return $"Departures:Transmitters: the issuer '{twice.Key}' is listed more than once.";
        }

        if (!string.IsNullOrEmpty(CutOffClientId) && !Guid.TryParse(CutOffClientId, out _))
        {
            yield return "Departures:CutOffClientId must be a GUID.";
        }

        if (MaxAccessTokenLifetime < TimeSpan.FromMinutes(10) || MaxAccessTokenLifetime > TimeSpan.FromDays(2))
        {
            yield return "Departures:MaxAccessTokenLifetime must lie between 10 minutes and 2 days, the limits that Entra sets.";
        }

        if (AskToEndWatchAfter < TimeSpan.FromDays(1) || AskToEndWatchAfter > TimeSpan.FromDays(365))
        {
            yield return "Departures:AskToEndWatchAfter must lie between 1 and 365 days: shorter, and the same is asked each day; longer, "
                + "and watches are forgotten.";
        }

        if (MaxDeparturesAnHour < 1)
        {
            yield return "Departures:MaxDeparturesAnHour must be 1 at least; to stop everything set the kill switch, Stopped.";
        }
    }
}
