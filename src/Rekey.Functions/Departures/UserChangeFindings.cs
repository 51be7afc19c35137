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

namespace Rekey.Functions.Departures;

/// <summary>Findings about events that are not handled: as long as that lasts, departures are not noticed.</summary>
public sealed class UserChangeFindings(
    IFindings findings,
    FindingLedger onRecord,
    IUserChangeQueue queue,
    AuthOptions auth,
    TimeProvider timeProvider
)
{
    /// <summary>How long events may wait before it is a finding. Most outages of Graph are over by then.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    /// <summary>How long an event is tried.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>The longest delay between two attempts: so much later than the end of an outage may a departure be noticed.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(15);

    /// <summary>The host looks into an idle queue every two seconds: a message that nothing has taken for so long means that it does not
    /// look.</summary>
    private static readonly TimeSpan TakenWithin = TimeSpan.FromMinutes(5);

    /// <summary>After so long without another refused event it is over: people have seen it.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromDays(1);

    /// <summary>Refusals that say nothing about the subscription: of a person who was deleted for good before Rekey came.</summary>
    private static readonly string[] Harmless = ["unknown-person"];

    private static readonly string RefusedId = Finding.IdOf(FindingKinds.UserChangesRefused, UserChangeQueue.Name);

    private readonly ConcurrentDictionary<string, int> _refused = new(StringComparer.Ordinal);

    /// <summary>What to run so that a departure is noticed without its event.</summary>
    public string ReportCommand(Guid? person) =>
        "Report the departure: az rest --method post --url https://<address of this app>/departures "
        + $"--resource {auth.Audience} --headers Content-Type=application/json "
        + $"--body '{{\"personId\":\"{person?.ToString() ?? "<object id>"}\"}}', "
        + "with the app role DepartureReporter or Operator.";

    public Task NeedsReauthorizationAsync(GraphEvent change, CancellationToken cancellationToken)
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
                "The Graph subscription asks to be reauthorized. Without that, Graph sends no more events, and departures are not noticed.",
                $"Reauthorize it: az rest --method post --url https://graph.microsoft.com/v1.0/subscriptions/{subscription}/reauthorize",
                Evidence(("subscription", subscription)),
                now,
                now
            ),
            cancellationToken
        );
    }

    public Task CannotContinueAsync(string function, CannotContinueException refusal, CancellationToken cancellationToken) =>
        findings.ReportAsync(function, refusal, timeProvider, cancellationToken);

    /// <summary>An event was handled: what refused an earlier one does so no more.</summary>
    public Task HandledAsync(string function, CancellationToken cancellationToken) =>
        findings.ReportAsync(function, refused: null, timeProvider, cancellationToken);

    /// <summary>An event was refused and is a dead letter: of another tenant, with a wrong client state, malformed.</summary>
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

        // What is on record is as of when it was told; since then this process has counted on.
        var counts = (open?.Evidence ?? new Dictionary<string, string>()).ToDictionary(StringComparer.Ordinal);
        var told = int.TryParse(counts.GetValueOrDefault(refusal.Reason), CultureInfo.InvariantCulture, out var before) ? before : 0;
        var count = _refused.AddOrUpdate(refusal.Reason, told + 1, (_, counted) => Math.Max(told, counted) + 1);
        foreach (var (reason, counted) in _refused)
        {
            counts[reason] = counted.ToString(CultureInfo.InvariantCulture);
        }

        await findings.RaiseAsync(
            new(
                FindingKinds.UserChangesRefused,
                UserChangeQueue.Name,
                Severity.High,
                $"Events about accounts are refused ({string.Join(", ", counts.Keys.Order(StringComparer.Ordinal))}). "
                    + "A departure among them is not noticed.",
                $"{refusal.Message} "
                    + "Compare Departures:TenantId, ClientState, PreviousClientState and SubscriptionIds with the Graph subscription. "
                    + $"The dead letters under '{refusal.Reason}/' name the persons. {ReportCommand(person: null)}",
                counts,
                open?.FirstSeen ?? now,
                now
            )
            {
                // Told again for a new reason, at each doubling of one, and each hour in which there was another.
                Milestone = $"{refusal.Reason} {BitOperations.RoundUpToPowerOf2((uint)count)} {now:yyyy-MM-ddTHH}",
            },
            cancellationToken
        );
    }

    /// <summary>An event has waited for longer than <see cref="Patience"/>.</summary>
    public Task WaitsAsync(UserChangeMessage message, string why, CancellationToken cancellationToken) =>
        findings.RaiseAsync(
            new(
                FindingKinds.UserChangesWaiting,
                UserChangeQueue.Name,
                Severity.High,
                "Events about accounts cannot be handled. Departures are not noticed as long as that lasts.",
                $"Mend the cause: {why} The events wait in the queue '{UserChangeQueue.Name}' of the evidence account and are tried every "
                    + $"{LongestDelay.TotalMinutes} minutes. {ReportCommand(GraphEvent.PersonIn(message.Event))}",
                Evidence(("queue", UserChangeQueue.Name)),
                message.FirstFailedAt!.Value,
                timeProvider.GetUtcNow()
            ),
            cancellationToken
        );

    /// <summary>An event was given up after <see cref="Longest"/>.</summary>
    public Task GivenUpAsync(UserChangeMessage message, string letter, string why, CancellationToken cancellationToken)
    {
        var person = GraphEvent.PersonIn(message.Event);
        return findings.RaiseAsync(
            new(
                FindingKinds.UserChangeGivenUp,
                person?.ToString() ?? letter,
                Severity.Critical,
                $"An event about an account could not be handled within {Longest.TotalDays} days. "
                    + "If it was a departure, its keys were not rotated.",
                $"Mend the cause: {why} {ReportCommand(person)}",
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

    /// <summary>Looks into the queue: raises what nothing takes, and closes what is over.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var waiting = await queue.LookAsync(cancellationToken);

        // One that was put back was sent up to its delay before it could be seen again.
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
                    "Events about accounts lie in their queue, and the app does not take them. Departures are not noticed.",
                    "See that the function UserChanged is not disabled and what the host's log says of the queue, and restart the app: "
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
                "The app takes events again.",
                cancellationToken
            );
        }

        if (waiting.Count == 0)
        {
            await findings.CloseAsync(
                Finding.IdOf(FindingKinds.UserChangesWaiting, UserChangeQueue.Name),
                "No event waits any more.",
                cancellationToken
            );
        }

        if ((await onRecord.ReadAsync(cancellationToken)).FindOpen(RefusedId) is { } refused && now - refused.LastSeen >= Quiet)
        {
            await findings.CloseAsync(RefusedId, "No other event was refused for a day.", cancellationToken);
        }
    }

    private static Dictionary<string, string> Evidence(params (string Name, string Value)[] facts) =>
        facts.ToDictionary(f => f.Name, f => f.Value, StringComparer.Ordinal);
}
