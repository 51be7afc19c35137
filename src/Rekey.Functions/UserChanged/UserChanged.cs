using Rekey.Findings;
using Rekey.Functions.Wire;
using Rekey.Offboarding;

namespace Rekey.Functions;

/// <summary>A person's account changed: reads it back from Graph; one that turned disabled or was deleted is a departure.</summary>
public sealed class UserChanged(NoticeDeparture notice, IFindings findings, OffboardingOptions options, TimeProvider clock, ILogger<UserChanged> log)
{
    public async Task RunAsync(GraphEvent change, CancellationToken cancel)
    {
        if (change.IsAbout("Microsoft.Graph.SubscriptionReauthorizationRequired"))
        {
            var now = clock.GetUtcNow();
            await findings.RaiseAsync(new("subscription-needs-reauthorization", change.SubscriptionId ?? "unknown", Severity.High,
                "The Graph subscription asks to be reauthorized: without that, departures are no longer told.", "POST /subscriptions/{id}/reauthorize, or renew it.",
                new Dictionary<string, string>(StringComparer.Ordinal) { ["subscription"] = change.SubscriptionId ?? "" }, now, now), cancel);
            return;
        }

        if (!change.IsAbout("Microsoft.Graph.UserUpdated") && !change.IsAbout("Microsoft.Graph.UserDeleted"))
        {
            throw new BadInputException("unknown-event-type", $"Events of type '{change.Type}' are not taken here.");
        }

        var person = change.PersonId ?? throw new BadInputException("no-person", "The event names no person: data.resourceData.id is missing or not a GUID.");
        var source = new DepartureSource(nameof(UserChanged), change.Id, change.Time ?? clock.GetUtcNow(), Reporter: null);
        var result = await notice.NoticeAsync(new(options.TenantId, person, source, IsObservation: true, Hostile: false), cancel);
        if (result.Outcome is NoticeOutcome.UnknownPerson)
        {
            throw new BadInputException("unknown-person", $"The directory knows no person {person}, not even among the deleted.");
        }

        if (result.Departure is { } departure)
        {
            log.LogInformation("A departure was noticed. Departure: {Departure}", departure.Id);
        }
    }
}
