using System.Collections.Concurrent;
using System.Globalization;
using System.Numerics;
using Rekey.Azure.Storage;
using Rekey.Core;
using Rekey.Departures.Directory;
using Rekey.Findings;
using Rekey.Findings.Record;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Departures.Feed;

/// <summary>Findings about events that Rekey cannot handle. Until then it does not notice departures.</summary>
public sealed class UserChangeFindings(
    IFindings findings,
    FindingLedger onRecord,
    IUserChangeQueue queue,
    AuthOptions auth,
    TimeProvider timeProvider
)
{
    /// <summary>How long events may wait before a finding is raised. Most outages of Graph end sooner.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    /// <summary>How long an event is retried.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>The longest delay between two retries. A departure may be noticed so long after an outage ends.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(15);

    /// <summary>How long a message may lie untaken. The host polls an idle queue every two seconds, so a longer time means that it does
    /// not poll.</summary>
    private static readonly TimeSpan TakenWithin = TimeSpan.FromMinutes(5);

    /// <summary>How long after the last refused event the finding closes: people have seen it.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromDays(1);

    /// <summary>Refusals that say nothing about the subscription, such as of a person who was deleted for good before Rekey was
    /// installed.</summary>
    private static readonly string[] Harmless = ["unknown-person"];

    private static readonly string RefusedId = Finding.IdOf(FindingKinds.UserChangesRefused, UserChangeQueue.Name);

    private readonly ConcurrentDictionary<string, int> _refused = new(StringComparer.Ordinal);

    /// <summary>The command that reports a departure without its event.</summary>
    public string ReportCommand(Guid? person) =>
        "Report the departure: az rest --method post --url https://<address of this app>/departures "
        + $"--resource {auth.Audience} --headers Content-Type=application/json "
        + $"--body '{{\"personId\":\"{person?.ToString() ?? "<object id>"}\"}}', "
        + "with the app role DepartureReporter or Operator.";

    /// <summary>Raises a finding about Graph's request to authorize its subscription again.</summary>
    /// <param name="why">Why Rekey could not; null when its settings name no partner topic: people renew the subscription.</param>
    public Task NeedsReauthorizationAsync(GraphEvent change, Exception? why, CancellationToken cancellationToken)
    {
        var (now, subscription) = (
            timeProvider.GetUtcNow(),
            Guid.TryParse(change.SubscriptionId, out var id) ? id.ToString() : "<subscription id>"
        );
        return findings.RaiseAsync(
            new(
                FindingKinds.SubscriptionNeedsReauthorization,
                subscription,
                Severity.High,
                "The Graph subscription must be reauthorized. Otherwise Graph sends no more events, and Rekey does not notice departures.",
                why is null
                    ? "Set Departures:Feed:PartnerTopicId and Location, so that Rekey keeps the subscription itself. Until then "
                        + "reauthorize it: az rest --method post --url "
                        + $"https://graph.microsoft.com/v1.0/subscriptions/{subscription}/reauthorize"
                    : $"{why.Message} {(why as CannotContinueException)?.Remedy} Rekey tries again for a week.",
                Evidence(("subscription", subscription)),
                now,
                now
            ),
            cancellationToken
        );
    }

    public Task CannotContinueAsync(string function, CannotContinueException refusal, CancellationToken cancellationToken) =>
        findings.ReportAsync(function, refusal, timeProvider, cancellationToken);

    /// <summary>Notes that an event was handled: the cause of earlier refusals is gone.</summary>
    public Task HandledAsync(string function, CancellationToken cancellationToken) =>
        findings.ReportAsync(function, refused: null, timeProvider, cancellationToken);

    /// <summary>Raises a finding about a refused event, now a dead letter: from another tenant, with a wrong client state,
    /// malformed.</summary>
    public async Task RefusedAsync(BadInputException refusal, CancellationToken cancellationToken)
    {
        if (Harmless.Contains(refusal.Reason, StringComparer.Ordinal))
        {
            return;
        }

        var now = timeProvider.GetUtcNow();
        var open = (await onRecord.ReadAsync(cancellationToken)).FindOpen(RefusedId);
        if (open is null)
        {
            _refused.Clear();
        }

        // The ledger has the count of the last report; this process has counted further since.
        var counts = (open?.Evidence ?? new Dictionary<string, string>()).ToDictionary(StringComparer.Ordinal);
        var recorded = int.TryParse(counts.GetValueOrDefault(refusal.Reason), CultureInfo.InvariantCulture, out var before) ? before : 0;
        var count = _refused.AddOrUpdate(refusal.Reason, recorded + 1, (_, counted) => Math.Max(recorded, counted) + 1);
        foreach (var (reason, counted) in _refused)
        {
            counts[reason] = counted.ToString(CultureInfo.InvariantCulture);
        }

        await findings.RaiseAsync(
            new(
                FindingKinds.UserChangesRefused,
                UserChangeQueue.Name,
                Severity.High,
                $"Rekey refuses events about accounts ({string.Join(", ", counts.Keys.Order(StringComparer.Ordinal))}). "
                    + "It does not notice a departure among them.",
                $"{refusal.Message} "
                    + "Compare Departures:TenantId, ClientState, PreviousClientState and SubscriptionIds with the Graph subscription. "
                    + $"The dead letters under '{refusal.Reason}/' name the persons. {ReportCommand(person: null)}",
                counts,
                open?.FirstSeen ?? now,
                now
            )
            {
                // Announced again for a new reason, at each doubling of a count, and in each hour with another refusal.
                Milestone = $"{refusal.Reason} {BitOperations.RoundUpToPowerOf2((uint)count)} {now:yyyy-MM-ddTHH}",
            },
            cancellationToken
        );
    }

    /// <summary>Raises a finding about an event that has waited longer than <see cref="Patience"/>.</summary>
    public Task WaitsAsync(UserChangeMessage message, string why, CancellationToken cancellationToken) =>
        findings.RaiseAsync(
            new(
                FindingKinds.UserChangesWaiting,
                UserChangeQueue.Name,
                Severity.High,
                "Rekey cannot handle events about accounts. It does not notice departures until the cause is fixed.",
                $"Fix the cause: {why} The events wait in the queue '{UserChangeQueue.Name}' of the evidence account. "
                    + $"They are retried every {LongestDelay.TotalMinutes} minutes. {ReportCommand(GraphEvent.PersonIn(message.Event))}",
                Evidence(("queue", UserChangeQueue.Name)),
                message.FirstFailedAt!.Value,
                timeProvider.GetUtcNow()
            ),
            cancellationToken
        );

    /// <summary>Raises a finding about an event that was given up after <see cref="Longest"/>.</summary>
    public Task GivenUpAsync(UserChangeMessage message, string letter, string why, CancellationToken cancellationToken)
    {
        var person = GraphEvent.PersonIn(message.Event);
        return findings.RaiseAsync(
            new(
                FindingKinds.UserChangeGivenUp,
                person?.ToString() ?? letter,
                Severity.Critical,
                $"Rekey could not handle an event about an account within {Longest.TotalDays} days. "
                    + "If it was a departure, its keys were not rotated.",
                $"Fix the cause: {why} {ReportCommand(person)}",
                Evidence(
                    ("letter", letter),
                    ("person", person?.ToString() ?? ""),
                    ("attempts", message.Attempts.ToString(CultureInfo.InvariantCulture))
                ),
                message.FirstFailedAt!.Value,
                timeProvider.GetUtcNow()
            ),
            cancellationToken
        );
    }

    /// <summary>Checks the queue: raises a finding about events that the app does not take, and closes findings that are over.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var waiting = await queue.LookAsync(cancellationToken);

        // A message that was put back was sent up to its delay before it became visible.
        var left = waiting
            .First.Where(m =>
                now - m.SentAt
                >= TakenWithin + (UserChangeMessage.Of(MessageText.Parse(m.Text)).Attempts > 0 ? LongestDelay : GraphReads.Refill)
            )
            .ToList();
        if (left.Count > 0)
        {
            await findings.RaiseAsync(
                new(
                    FindingKinds.UserChangesNotTaken,
                    UserChangeQueue.Name,
                    Severity.Critical,
                    "The app does not take events about accounts from their queue. It does not notice departures.",
                    "Check that the function UserChanged is enabled and what the host's log says about the queue, then restart the app: "
                        + $"az functionapp restart --name <app> --resource-group <group>. {ReportCommand(person: null)}",
                    Evidence(("queue", UserChangeQueue.Name), ("oldest", left.Min(m => m.SentAt).ToString("O"))),
                    left.Min(m => m.SentAt),
                    now
                ),
                cancellationToken
            );
        }
        else
        {
            await findings.CloseAsync(
                Finding.IdOf(FindingKinds.UserChangesNotTaken, UserChangeQueue.Name),
                "The app takes events from the queue again.",
                cancellationToken
            );
        }

        if (waiting.Count == 0)
        {
            await findings.CloseAsync(
                Finding.IdOf(FindingKinds.UserChangesWaiting, UserChangeQueue.Name),
                "No event is waiting.",
                cancellationToken
            );
        }

        if ((await onRecord.ReadAsync(cancellationToken)).FindOpen(RefusedId) is { } refused && now - refused.LastSeen >= Quiet)
        {
            await findings.CloseAsync(RefusedId, "No event was refused for a day.", cancellationToken);
        }
    }

    private static Dictionary<string, string> Evidence(params (string Name, string Value)[] facts) =>
        facts.ToDictionary(f => f.Name, f => f.Value, StringComparer.Ordinal);
}
