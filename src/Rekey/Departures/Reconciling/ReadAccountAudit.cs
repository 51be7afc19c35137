using Rekey.Core;
using Rekey.Departures.Reconciling.Sources;

namespace Rekey.Departures.Reconciling;

/// <summary>Reads the audit logs of accounts: they know when an account was closed, and how often.</summary>
public sealed class ReadAccountAudit(IEnumerable<IAccountAudit> audits, ReplayAccountActs replay, TimeProvider timeProvider)
{
    private const string Audit = "audit";

    /// <summary>How far the audit logs are read again: rows arrive late, and arrival times are approximate.</summary>
    private static readonly TimeSpan AuditOverlap = TimeSpan.FromHours(1);

    /// <summary>How far back the first run reads the audit logs: who left in the week before the installation had access then.</summary>
    private static readonly TimeSpan FirstAudit = TimeSpan.FromDays(7);

    public async Task RunAsync(KnownAccounts known, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        foreach (var audit in audits)
        {
            var since = known.AuditedAt is { } at ? at - AuditOverlap : now - FirstAudit;
            var failures = new Failures();
            foreach (var acts in (await audit.ReadAsync(since, cancellationToken)).GroupBy(a => a.PersonId))
            {
                known.IsChanged = true;
                var kind = known.AuditedAt is null ? ReconcileDepartures.Earlier : Audit;
                await failures.TryAsync(
                    () => replay.ReplayAsync(acts.Key, acts, known.ClosedAt(acts.Key), kind, cancellationToken),
                    whom: replay
                );
            }

            failures.Throw();
            known.AuditedAt = now;
        }
    }
}
