using Rekey.Core;
using Rekey.Ledgers;

namespace Rekey.Departures.Reconciling;

/// <summary>
/// Finds departures that no event reported, and people who are back: compares the accounts of the directory, and its audit logs where they
/// can be read, with what is known. A run may end at any point; the next one goes on. Without changes a run is one call.
/// </summary>
public sealed class ReconcileDepartures(
    KeepAccounts keep,
    ReadAccountAudit audit,
    ReadAccountFeed feed,
    CompareNamedPeople named,
    MissedDepartures missed,
    RunLedger runs,
    TimeProvider timeProvider
)
{
    /// <summary>The source of the departures that it finds.</summary>
    public const string Source = "ReconcileDepartures";

    /// <summary>The reference of departures of accounts that were closed before, and are named for a key.</summary>
    internal const string Named = "named";

    /// <summary>The reference of departures from before the first run.</summary>
    internal const string Earlier = "earlier-audit";

    /// <summary>How often something is done that depends on no change: the named people are compared, the newest link is saved. Graph
    /// accepts a link for about a week.</summary>
    internal static readonly TimeSpan Daily = TimeSpan.FromDays(1);

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
        var known = await keep.ReadAsync(cancellationToken);

        // 2. The audit logs: they know when an account was closed, and how often. Other work goes on when they cannot be read.
        var failures = new Failures();
        await failures.TryAsync(() => audit.RunAsync(known, cancellationToken));

        // 3. The accounts: they are the truth about who is closed now.
        await failures.TryAsync(() => feed.RunAsync(known, cancellationToken));

        // 4. Old accounts that are named for a key.
        await failures.TryAsync(() => named.RunAsync(known, cancellationToken));

        // 5. Save, then report what the events missed.
        if (known.IsChanged || timeProvider.GetUtcNow() - known.SavedAt >= Daily)
        {
            await keep.SaveAsync(known, cancellationToken);
        }

        await missed.ReportAsync(cancellationToken);
        failures.Throw();
        if (known.Stage is PassStage.Changes && known.ToRead.Count == 0)
        {
            await runs.RanAsync(RunLedger.Accounts, [], cancellationToken);
        }
    }
}
