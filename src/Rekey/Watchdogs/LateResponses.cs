using Rekey.Core;
using Rekey.Decisions;
using Rekey.Departures;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Rotations;
using Rekey.Trust;
using Rekey.Trust.History;

namespace Rekey.Watchdogs;

/// <summary>Finds departures and rotations that should have progressed, by the ledger alone.</summary>
/// <param name="custodians">Object ids by key id, as the configuration declares them.</param>
public sealed class LateResponses(
    ILedgerRecords<Departure> departures,
    ILedgerRecords<Rotation> rotations,
    TrustLedger trustLedger,
    IReadOnlyDictionary<string, IReadOnlyList<string>> custodians,
    GovernedKeys governedKeys,
    RotationHints hints
)
{
    public async Task<IReadOnlyList<Finding>> FindAsync(RecordedDecisions decided, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var known = await rotations.ReadAsync(Rotation.Live, cancellationToken);
        var history = await trustLedger.ReadAsync(cancellationToken);
        return
        [
            .. (await departures.ListOpenAsync("departure", cancellationToken).ToListAsync(cancellationToken)).SelectMany(d =>
                Late(d.Value, known, history, now)
            ),
            .. known.Select(r => Late(r, decided, history, now)).OfType<Finding>(),
        ];
    }

    /// <summary>Finds confirmed departures with an exposed key that has no rotation, or whose keys were never assessed.</summary>
    private IEnumerable<Finding> Late(
        Departure departure,
        IReadOnlyList<OnRecord<Rotation>> known,
        TrustHistory history,
        DateTimeOffset now
    )
    {
        if (departure is not { Confirmed: true, SettledAt: null } || departure.ConfirmedAt + Watchdog.Patience > now)
        {
            yield break;
        }

        // 1. If a rotation names the departure as its cause, the check of that rotation covers it.
        var isAssessed = departure.AssessedAt is not null;
        var keys = KeysOf(departure).Where(governedKeys.Governs).Select(k => governedKeys.Find(k).Key).ToList();
        var found = keys.Select(k => known.FirstOrDefault(r => r.Value.Key.Equals(k))?.Value).ToList();
        var isUnderWay = found.Exists(r => r is not null && r.Knows(departure.Cause) && IsOpen(r, departure.Cause));
        foreach (var (key, rotation) in keys.Zip(found))
        {
            if (rotation?.Knows(departure.Cause) is not true && history.TrustedOf(key.Id).Any())
            {
                yield return WatchdogFindings.Departure(departure, key, now);
            }
        }

        // 2. Check the departure itself.
        if (
            !isAssessed
            || (
                !isUnderWay
                && departure.AssessedAt + Watchdog.Patience <= now
                && keys.Count == found.Count(r => r?.Knows(departure.Cause) is true)
            )
        )
        {
            yield return WatchdogFindings.Departure(departure, isAssessed, now);
        }
    }

    private static bool IsOpen(Rotation rotation, string cause) =>
        rotation.Waiting.Any(w => string.Equals(w.Cause, cause, StringComparison.Ordinal))
        || (rotation.IsRunning && rotation.Causes.Contains(cause, StringComparer.Ordinal));

    private IEnumerable<string> KeysOf(Departure departure) =>
        departure.AssessedAt is not null
            ? departure.Plan.Where(p => p.Mode is not ResponseMode.Observe).Select(p => p.KeyId)
            : departure
                .NamedKeys.Concat(
                    custodians.Where(c => c.Value.Contains(departure.PersonId, StringComparer.OrdinalIgnoreCase)).Select(c => c.Key)
                )
                .Distinct(StringComparer.Ordinal);

    /// <summary>Finds a rotation that should have begun or progressed.</summary>
    private Finding? Late(OnRecord<Rotation> read, RecordedDecisions decided, TrustHistory history, DateTimeOffset now)
    {
        var rotation = read.Value;
        if (!governedKeys.Governs(rotation.Key.Id))
        {
            return null;
        }

        // 1. The rotation was decided, or needs no decision, and has not begun.
        var waiting = rotation.Waiting.Where(w => DueAt(w.DecisionId, read.At, decided, now) + Watchdog.Patience <= now).ToList();
        if (waiting.Count > 0)
        {
            return Find(
                "its rotation was decided and has not begun",
                waiting.Exists(w => w.Urgency is Urgency.Immediate),
                waiting.Min(w => DueAt(w.DecisionId, read.At, decided, now))!.Value
            );
        }

        // 2. An urgent rotation has minutes. Others have Rekey's longest wait. A stuck rotation is a finding already.
        return rotation is { IsRunning: true, Urgency: Urgency.Immediate, TrustEndedAt: null }
            ? UrgentDue(rotation, decided, now) is { } hurry && hurry + Watchdog.Patience <= now
                ? Find("its rotation is immediate and has not revoked the old versions", isUrgent: true, hurry)
                : null
            : rotation.IsRunning
            && rotation.State is not RotationState.Stuck
            && read.At + hints.LongestWait(rotation) + Watchdog.Patience <= now
                ? Find("its rotation has taken no step", isUrgent: false, read.At)
                : null;

        Finding Find(string what, bool isUrgent, DateTimeOffset since) =>
            WatchdogFindings.Rotation(
                rotation.Key,
                [
                    .. history
                        .TrustedOf(rotation.Key.Id)
                        .Where(v => rotation.NewVersion is null || v.Version != rotation.NewVersion)
                        .Select(v => v.Version),
                ],
                what,
                isUrgent,
                since,
                now
            );
    }

    /// <summary>
    /// Since when an urgent rotation should have revoked the old versions; null while a decision is pending or after a no.
    /// </summary>
    private static DateTimeOffset? UrgentDue(Rotation rotation, RecordedDecisions decided, DateTimeOffset now) =>
        rotation.DecisionId is null ? rotation.ImmediateSince : DueAt(rotation.DecisionId, rotation.ImmediateSince ?? now, decided, now);

    /// <summary>When a rotation that waits for a decision was due; null while it may wait, or after a no.</summary>
    private static DateTimeOffset? DueAt(string? decisionId, DateTimeOffset asked, RecordedDecisions decided, DateTimeOffset now) =>
        decisionId is null || decided.Find(decisionId) is not { } decision ? asked
        : decision.StateAt(now) is DecisionState.Approved ? decision.AnsweredAt ?? decision.DueAt
        : null;
}
