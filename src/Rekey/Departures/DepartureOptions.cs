namespace Rekey.Departures;

/// <summary>How departures are taken.</summary>
public sealed class DepartureOptions
{
    /// <summary>The Entra tenant, a GUID. Events of another are refused.</summary>
    public string TenantId { get; set; } = "";

    /// <summary>What the Graph subscription was made with; an event without it is refused. A secret.</summary>
    public string ClientState { get; set; } = "";

    /// <summary>The client state that <see cref="ClientState"/> replaces: accepted as well, for as long as events of the former
    /// subscription may still come. A secret; empty when no change is under way.</summary>
    public string PreviousClientState { get; set; } = "";

    /// <summary>The Graph subscriptions whose events are taken; empty takes any of the tenant with the right client state.</summary>
    public IList<string> SubscriptionIds { get; set; } = [];

    /// <summary>Brake: more departures in an hour than this make every response a question.</summary>
    /// <remarks>A failing HR feed or a hijacked administrator disables thousands; ten leavers in one hour are a reorganisation that
    /// somebody knows of.</remarks>
    public int MaxDeparturesAnHour { get; set; } = 10;

    /// <summary>Every mistake in these settings.</summary>
    public IEnumerable<string> Validate()
    {
        if (!Guid.TryParse(TenantId, out _))
        {
            yield return "Departures:TenantId must be the Entra tenant's id, a GUID.";
        }

        if (ClientState.Length is < 16 or > 128)
        {
            yield return "Departures:ClientState must be 16 to 128 characters: the secret that the Graph subscription was made with.";
        }

        if (PreviousClientState.Length is not 0 and (< 16 or > 128))
        {
            yield return "Departures:PreviousClientState must be 16 to 128 characters, "
                + "or left out when no change of the client state is under way.";
        }

        if (PreviousClientState.Length > 0 && PreviousClientState == ClientState)
        {
            yield return "Departures:PreviousClientState is the same as ClientState: leave it out.";
        }

        foreach (var id in SubscriptionIds.Where(s => !Guid.TryParse(s, out _)))
        {
            yield return $"Departures:SubscriptionIds: '{id}' is not a GUID.";
        }

        if (MaxDeparturesAnHour < 1)
        {
            yield return "Departures:MaxDeparturesAnHour must be 1 at least; to stop everything set Stopped.";
        }
    }
}
