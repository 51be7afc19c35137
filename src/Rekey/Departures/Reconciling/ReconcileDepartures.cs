using Rekey.Core;
using Rekey.Departures.Directory;
using Rekey.Departures.Reconciling.Sources;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;

namespace Rekey.Departures.Reconciling;

/// <summary>
/// Finds departures that no event reported, and people who are back: compares the accounts of the directory, and its audit logs where they
/// can be read, with what is known. A run may end at any point; the next one goes on. Without changes a run is one call.
/// </summary>
public sealed class ReconcileDepartures(
    IAccountFeed feed,
    IEnumerable<IAccountAudit> audits,
    IDirectory directory,
    RecordDeparture record,
    ReplayAccountActs replay,
    CompareAccounts compare,
    IExposedPeople exposed,
    MissedDepartures missed,
    KeepAccounts keep,
    ILedgerRecords<Person> people,
    ILedgerRecords<Departure> departures,
    RunLedger runs,
    IFindings findings,
    DepartureOptions options,
    TimeProvider timeProvider
)
{
    /// <summary>The source of the departures that it finds.</summary>
    public const string Source = "ReconcileDepartures";

    /// <summary>The reference of departures of accounts that were closed before, and are named for a key.</summary>
    internal const string Named = "named";

    /// <summary>The reference of departures from before the first run.</summary>
    internal const string Earlier = "earlier-audit";

    private const string Audit = "audit";

    /// <summary>How many pages are read between two saves: what a dead process reads again.</summary>
    private const int PagesBetweenSaves = 25;

    /// <summary>How far the audit logs are read again: rows arrive late, and arrival times are approximate.</summary>
    private static readonly TimeSpan AuditOverlap = TimeSpan.FromHours(1);

    /// <summary>How far back the first run reads the audit logs: who left in the week before the installation had access then.</summary>
    private static readonly TimeSpan FirstAudit = TimeSpan.FromDays(7);

    /// <summary>How often something is done that depends on no change: the named people are compared, the newest link is saved. Graph
    /// accepts a link for about a week.</summary>
    private static readonly TimeSpan Daily = TimeSpan.FromDays(1);

    /// <exception cref="RetryLaterException">The directory cannot be reached; what was read is saved.</exception>
    /// <exception cref="CannotContinueException">The directory refuses.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ReconcileAsync(cancellationToken);
        }
        catch
        {
            keep.Forget();
            throw;
        }
    }

    private async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        // 1. Read what is known.
        var (known, isLost) = await keep.ReadAsync(cancellationToken);
        await ReportLossAsync(isLost, cancellationToken);

        // 2. The audit logs: they know when an account was closed, and how often. Other work goes on when they cannot be read.
        var failures = new Failures();
        await failures.TryAsync(() => ReadAuditAsync(known, cancellationToken));

        // 3. The accounts: they are the truth about who is closed now.
        await failures.TryAsync(() => ReadAccountsAsync(known, cancellationToken));

        // 4. Old accounts that are named for a key.
        await failures.TryAsync(() => CompareNamedAsync(known, cancellationToken));

        // 5. Save, then report what the events missed.
        if (known.IsChanged || timeProvider.GetUtcNow() - known.SavedAt >= Daily)
        {
            await keep.SaveAsync(known, cancellationToken);
        }

        await missed.ReportAsync((await KnownPeople.ReadAsync(people, departures, cancellationToken)).Departures, cancellationToken);
        failures.Throw();
        if (known.Stage is PassStage.Changes && known.ToRead.Count == 0)
        {
            await runs.RanAsync(RunLedger.Accounts, [], cancellationToken);
        }
    }

    private async Task ReadAuditAsync(KnownAccounts known, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        foreach (var audit in audits)
        {
            var since = known.AuditedAt is { } at ? at - AuditOverlap : now - FirstAudit;
            var failures = new Failures();
            foreach (var acts in (await audit.ReadAsync(since, cancellationToken)).GroupBy(a => a.PersonId))
            {
                known.IsChanged = true;
                var kind = known.AuditedAt is null ? Earlier : Audit;
                await failures.TryAsync(
                    () => replay.ReplayAsync(acts.Key, acts, known.Closed.Contains(acts.Key) ? known.Since : null, kind, cancellationToken),
                    whom: replay
                );
            }

            failures.Throw();
            known.AuditedAt = now;
        }
    }

    /// <summary>Reads pages until the last one.</summary>
    private async Task ReadAccountsAsync(KnownAccounts known, CancellationToken cancellationToken)
    {
        await ReadOpenAsync(known, cancellationToken);
        var hasRestarted = false;
        for (var pages = 1; ; pages++)
        {
            known.BeganAt ??= timeProvider.GetUtcNow();
            var page =
                known.Stage is PassStage.Deleted
                    ? await feed.ReadDeletedAsync(known.Link, cancellationToken)
                    : await feed.ReadChangesAsync(known.Link, cancellationToken);
            if (page is null)
            {
                // The link expired or is not Graph's: everything is read again. What is known about closed accounts stays.
                Restart(known, hasRestarted);
                hasRestarted = true;
                continue;
            }

            known.IsChanged |= known.Stage is not PassStage.Changes;
            await compare.TakeAsync(known, page.Rows, cancellationToken);
            await ReadOpenAsync(known, cancellationToken);
            if (IsLast(known, page))
            {
                return;
            }

            if (pages % PagesBetweenSaves == 0)
            {
                await keep.SaveAsync(known, cancellationToken);
            }
        }
    }

    private static void Restart(KnownAccounts known, bool hasRestarted)
    {
        if (hasRestarted || known.Link is null)
        {
            throw new RetryLaterException("The directory does not accept the links that it gave.");
        }

        if (known.Stage is PassStage.Deleted)
        {
            known.Link = null;
        }
        else
        {
            known.ReadAll();
        }
    }

    /// <summary>Moves to the next page or stage; true when there are no later changes. Those during a pass over all accounts come after
    /// it.</summary>
    private bool IsLast(KnownAccounts known, AccountPage page)
    {
        if (page.Next is { } next)
        {
            known.Link = next;
            return false;
        }

        if (known.Stage is PassStage.All)
        {
            (known.Stage, known.Link, known.LaterLink) = (PassStage.Deleted, null, page.Delta);
            return false;
        }

        if (known.Stage is PassStage.Deleted)
        {
            known.EndAll();
            (known.Stage, known.Link, known.LaterLink) = (PassStage.Changes, known.LaterLink, null);
            known.FirstAt ??= timeProvider.GetUtcNow();
            (known.Since, known.BeganAt) = (known.BeganAt, null);
            return false;
        }

        (known.Link, known.Since, known.BeganAt) = (page.Delta, known.BeganAt, null);
        return true;
    }

    /// <summary>Reads the accounts that are not as known. One that cannot be read holds up no other, and is read in the next run.</summary>
    private async Task ReadOpenAsync(KnownAccounts known, CancellationToken cancellationToken)
    {
        var failures = new Failures();
        foreach (var account in known.ToRead.Values.ToList())
        {
            var failure = await failures.TryAsync(() => ReadAsync(known, account, cancellationToken), whom: directory);
            if (failure is null)
            {
                known.ToRead.Remove(account.PersonId);
                known.IsChanged = true;
            }
        }
    }

    private async Task ReadAsync(KnownAccounts known, AccountToRead account, CancellationToken cancellationToken)
    {
        if (!account.IsNews)
        {
            if (await directory.ReadAsync(account.PersonId, cancellationToken) is not PersonStanding.Enabled)
            {
                return;
            }

            known.Closed.Remove(account.PersonId);
        }

        await record.NoticeAsync(
            new(
                options.TenantId,
                account.PersonId,
                new(Source, account.Reference, account.Since, Reporter: null),
                IsObservation: true,
                Hostile: false
            )
            {
                Existed = true,
                IsClosedAgain = account.IsClosedAgain,
            },
            cancellationToken
        );
    }

    private async Task CompareNamedAsync(KnownAccounts known, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        if (known.FirstAt is null || (known.NamedAt is { } last && now - last < Daily))
        {
            return;
        }

        var (named, isComplete) = await exposed.ReadAsync(cancellationToken);
        var onRecord = await KnownPeople.ReadAsync(people, departures, cancellationToken);
        foreach (var person in named.Where(p => known.Closed.Contains(p) && onRecord.FindConfirmed(options.TenantId, p) is null))
        {
            known.ToRead.TryAdd(person, new(person, $"{Named}/{now:yyyy-MM-dd}", now, IsClosedAgain: false, IsNews: true));
        }

        await ReadOpenAsync(known, cancellationToken);
        (known.NamedAt, known.IsChanged) = (isComplete ? now : known.NamedAt, true);
    }

    private Task ReportLossAsync(bool isLost, CancellationToken cancellationToken) =>
        isLost
            ? findings.RaiseAsync(
                new(
                    FindingKinds.AccountsFileLost,
                    options.TenantId,
                    Severity.High,
                    "The file with the closed accounts is gone or altered. Rekey reads all accounts again, and cannot see which were "
                        + "closed since the last run, except by the audit logs.",
                    "Check who can write to the container snapshots of the evidence account. Compare the leavers of the last days with "
                        + "GET /departures, and report the missing ones to POST /departures.",
                    Facts.Of(("tenant", options.TenantId)),
                    timeProvider.GetUtcNow(),
                    timeProvider.GetUtcNow()
                ),
                cancellationToken
            )
            : Task.CompletedTask;
}
