using Rekey.Azure.Storage;
using Rekey.Findings;
using Rekey.Rotations;

namespace Rekey.Functions.Offboarding;

/// <summary>Findings about events that cannot be handled: as long as they wait, departures are not noticed.</summary>
public sealed class UserChangeFindings(IFindings findings, IRecords<Finding> standing, TimeProvider clock)
{
    /// <summary>Events wait and could not be handled for longer than <see cref="Patience"/>.</summary>
    public const string Waiting = "user-changes-waiting";

    /// <summary>An event could not be handled within <see cref="Longest"/>.</summary>
    public const string GivenUp = "user-change-given-up";

    /// <summary>How long events may wait before it is a finding. Most outages of Graph are over by then.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    /// <summary>How long an event is tried.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>An event that waits is tried every fifteen minutes: after twice that without one, none waits.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(30);

    private static readonly string WaitingId = Finding.IdOf(Waiting, UserChangeQueue.Name);

    public Task NeedsReauthorizationAsync(GraphEvent change, CancellationToken cancel)
    {
        var (now, subscription) = (clock.GetUtcNow(), change.SubscriptionId ?? "unknown");
        return findings.RaiseAsync(new("subscription-needs-reauthorization", subscription, Severity.High,
            "The Graph subscription asks to be reauthorized. Without that, Graph sends no more events, and departures are not noticed.",
            $"Reauthorize it: az rest --method post --url https://graph.microsoft.com/v1.0/subscriptions/{subscription}/reauthorize",
            new Dictionary<string, string>(StringComparer.Ordinal) { ["subscription"] = subscription }, now, now), cancel);
    }

    public Task CannotContinueAsync(string function, CannotContinueException refusal, CancellationToken cancel) =>
        findings.RaiseAsync(RotationFindings.CannotContinue(function, refusal, clock.GetUtcNow()), cancel);

    /// <summary>An event has waited for longer than <see cref="Patience"/>.</summary>
    public Task WaitsAsync(UserChangeMessage message, string why, CancellationToken cancel) =>
        findings.RaiseAsync(new(Waiting, UserChangeQueue.Name, Severity.High,
            "Events about accounts cannot be handled. Departures are not noticed as long as that lasts.",
            $"Mend the cause: {why} The events wait in the queue '{UserChangeQueue.Name}' of the evidence account and are tried every fifteen minutes. "
            + "To report a departure meanwhile: POST /departures with the person's object id.",
            new Dictionary<string, string>(StringComparer.Ordinal) { ["queue"] = UserChangeQueue.Name }, message.FirstFailedAt!.Value,
                clock.GetUtcNow()), cancel);

    /// <summary>An event was given up after <see cref="Longest"/>.</summary>
    public Task GivenUpAsync(UserChangeMessage message, string letter, string why, CancellationToken cancel) =>
        findings.RaiseAsync(new(GivenUp, letter, Severity.Critical,
            $"An event about an account could not be handled within {Longest.TotalDays} days. If it was a departure, its keys were not rotated.",
            $"Mend the cause: {why} The dead letter '{letter}' names the person: report the departure with POST /departures, or put the event into the queue again: "
            + $"az storage message put --queue-name {UserChangeQueue.Name} --content '<the event>' --auth-mode login, in the account of RekeyEvidence.",
            new Dictionary<string, string>(StringComparer.Ordinal) { ["letter"] = letter, ["attempts"] = $"{message.Attempts}" },
                message.FirstFailedAt!.Value, clock.GetUtcNow()), cancel);

    /// <summary>Closes the finding about events that wait, when none does any more.</summary>
    public async Task SettleAsync(CancellationToken cancel)
    {
        if (await standing.FindAsync("finding", WaitingId, cancel) is { Value: { ClosedAt: null } open }
            && clock.GetUtcNow() - open.LastSeen >= Quiet)
        {
            await findings.CloseAsync(WaitingId, "No event waits any more.", cancel);
        }
    }
}
