using Rekey.Core;
using Rekey.Decisions;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Trust.Publishing;

namespace Rekey.Watchdogs;

/// <summary>
/// Checks that what must happen does happen. It reads the ledger alone and writes its findings to the log first. An attacker who locks,
/// deletes or floods tables, queues and documents can delay Rekey, but not unnoticed (T9, T34).
/// </summary>
public sealed class Watchdog(
    LateResponses responses,
    DecisionLedger decisions,
    PublicationLedger publications,
    RunLedger runs,
    IEnumerable<RegularRun> regular,
    IFindings findings,
    TimeProvider timeProvider
)
{
    /// <summary>How late a step may be before it becomes a finding.</summary>
    /// <remarks>Ten minutes: an immediate rotation takes seconds, and a restart or a throttled vault delays it by a few minutes.</remarks>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private const string Over = "It is in order again.";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // 1. Collect everything that is late.
        var now = timeProvider.GetUtcNow();
        var decided = await decisions.ReadAsync(cancellationToken);
        List<Finding> late =
        [
            .. await responses.FindAsync(decided, now, cancellationToken),
            .. decided
                .Open.Where(d => d.StateAt(now) is not DecisionState.Pending && d.DueAt + Patience <= now)
                .Select(d => WatchdogFindings.Decision(d, now)),
            .. (await publications.UnpublishedAsync(cancellationToken))
                .Where(p => p.Value + Patience <= now)
                .Select(p => WatchdogFindings.Publication(p.Key, p.Value, now)),
        ];
        foreach (var run in regular)
        {
            if (await runs.LastAsync(run.What, part: null, cancellationToken) is { } last && last + run.After <= now)
            {
                late.Add(WatchdogFindings.Run(run, last, now));
            }
        }

        // 2. Record the worst first. A finding that cannot be recorded is in the log, and holds up no other.
        var failures = new Failures();
        foreach (var finding in late.OrderByDescending(f => f.Severity))
        {
            await failures.TryAsync(() => findings.RaiseAsync(finding, cancellationToken));
        }

        // 3. Close findings that are over.
        foreach (
            var kind in (string[])
                [
                    FindingKinds.DepartureNotCarriedOut,
                    FindingKinds.RotationNotCarriedOut,
                    FindingKinds.DecisionNotCarriedOut,
                    FindingKinds.RunOverdue,
                    FindingKinds.RevocationNotPublished,
                ]
        )
        {
            await failures.TryAsync(() =>
                findings.CloseOthersAsync(kind, about: "", [.. late.Where(f => f.Kind == kind).Select(f => f.Id)], Over, cancellationToken)
            );
        }

        failures.Throw();
    }
}
