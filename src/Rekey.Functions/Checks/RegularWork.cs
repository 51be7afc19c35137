using Rekey.Checks;
using Rekey.Core.Records;
using Rekey.Departures;
using Rekey.Departures.Feed;
using Rekey.Detections.Sweeps;
using Rekey.Functions.Stopping;
using Rekey.Ledgers;
using Rekey.VaultAccess;

namespace Rekey.Functions.Checks;

/// <summary>Reads which regular work the settings ask for, when the ledger saw it last, and whether Rekey is stopped.</summary>
public sealed class RegularWork(
    IRecords<FeedSubscription> subscriptions,
    RunLedger runs,
    IEnumerable<SweepTokens> sweeps,
    ServedStopState stops,
    DepartureOptions departures,
    VaultAccessOptions access
)
{
    /// <summary>Whether the settings declare vaults.</summary>
    public bool DeclaresVaults => access.ToDeclaration() is not null;

    /// <summary>Whether the settings name token logs.</summary>
    public bool HasLogs => sweeps.Any();

    public async Task<FeedFacts> FeedAsync(CancellationToken cancellationToken) =>
        new(
            departures.Feed,
            (await subscriptions.FindAsync(FeedSubscription.Feed, ChangeSubscription.Users, cancellationToken))?.Value,
            await runs.FindAsync(RunLedger.UserChanges, cancellationToken)
        );

    /// <summary>When the access to vaults was last read; null if never.</summary>
    public Task<DateTimeOffset?> AccessSweptAsync(CancellationToken cancellationToken) =>
        runs.FindAsync(RunLedger.VaultAccess, cancellationToken);

    /// <summary>When token logs were last swept; null if never.</summary>
    public Task<DateTimeOffset?> LogsSweptAsync(CancellationToken cancellationToken) => runs.FindAsync(RunLedger.Sweeps, cancellationToken);

    /// <summary>By whom or what Rekey is stopped; empty when it works.</summary>
    public async Task<IReadOnlyList<string>> StoppedByAsync(CancellationToken cancellationToken) =>
        (await stops.FindAsync(cancellationToken))?.By ?? [];
}
