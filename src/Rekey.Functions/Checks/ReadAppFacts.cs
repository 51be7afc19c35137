using Rekey.Checks;
using Rekey.Compliance;
using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Departures;
using Rekey.Departures.Feed;
using Rekey.Detections.Sweeps;
using Rekey.Findings;
using Rekey.Findings.Record;
using Rekey.Functions.Blocking;
using Rekey.Functions.Stopping;
using Rekey.Functions.Trust;
using Rekey.Ledgers;
using Rekey.Trust;
using Rekey.Trust.Documents;
using Rekey.Trust.Lists;
using Rekey.Trust.Publishing;
using Rekey.Trust.Vaults;
using Rekey.VaultAccess;

namespace Rekey.Functions.Checks;

/// <summary>Collects what the app sees of its own deployment. A service that does not answer leaves open its own fact alone.</summary>
public sealed class ReadAppFacts(
    IOwnIdentity identity,
    IRecords<FeedSubscription> subscriptions,
    RunLedger runs,
    ILedger ledger,
    FindingLedger findings,
    PublicationLedger publications,
    IKeyVault vault,
    GovernedKeys governedKeys,
    IDocumentSigner documents,
    IEnumerable<CheckpointKey> checkpoint,
    IEnumerable<SweepTokens> sweeps,
    PublishedTrust trust,
    PublishedBlocklist blocklist,
    ServedStopState stops,
    DepartureOptions departures,
    VaultAccessOptions access,
    TimeProvider timeProvider
)
{
    /// <summary>How long one service may take. A person waits, and everything is asked at the same time.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Reading people and subscriptions; then what the sweep of access needs.</summary>
    private static readonly string[] Always = ["User.Read.All"];
    private static readonly string[] ForAccess = ["GroupMember.Read.All", "Application.Read.All"];

    public async Task<AppFacts> ReadAsync(CancellationToken cancellationToken)
    {
        // 1. Ask everything at once.
        var declares = access.ToDeclaration() is not null;
        var entraTime = AskAsync(identity.ReadTimeAsync, cancellationToken);
        var own = AskAsync(identity.ReadAsync, cancellationToken);
        var vaults = governedKeys
            .Keys.GroupBy(k => k.Key.VaultUri.Host, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(v => v.Key, v => AskAsync(c => CountAsync(v, c), cancellationToken), StringComparer.OrdinalIgnoreCase);
        var documentKey = AskAsync(async c => (await documents.DescribeAsync(c)).Key.Thumbprint, cancellationToken);
        var checkpointKey = checkpoint.FirstOrDefault() is { } key
            ? new CheckpointFacts(
                key.Thumbprint,
                await AskAsync(async c => (await key.Signer.DescribeAsync(c)).Key.Thumbprint, cancellationToken)
            )
            : null;

        // 2. The ledger answers the rest, from memory.
        return new()
        {
            Now = timeProvider.GetUtcNow(),
            EntraTime = await entraTime,
            Identity = await own,
            NeededPermissions = [.. Always, .. declares ? ForAccess : []],
            Feed = await AskAsync(FeedAsync, cancellationToken),
            Vaults = await AllAsync(vaults),
            DocumentKey = await documentKey,
            Checkpoint = checkpointKey,
            LedgerLines = await AskAsync(async c => (await ledger.HeadAsync(c)).Lines, cancellationToken),
            DeclaresVaults = declares,
            AccessSweptAt = await AskAsync(c => runs.FindAsync(RunLedger.VaultAccess, c), cancellationToken),
            HasLogs = sweeps.Any(),
            LogsSweptAt = await AskAsync(c => runs.FindAsync(RunLedger.Sweeps, c), cancellationToken),
            Published = await AskAsync(ServesAsync, cancellationToken),
            UnpublishedSince = await AskAsync(OldestUnpublishedAsync, cancellationToken),
            StoppedBy = await AskAsync(async c => (await stops.FindAsync(c))?.By ?? (IReadOnlyList<string>)[], cancellationToken),
            OpenFindings = await AskAsync(async c => (IReadOnlyList<Finding>)[.. (await findings.ReadAsync(c)).Open], cancellationToken),
        };
    }

    private static async Task<IReadOnlyDictionary<string, Known<int>>> AllAsync(Dictionary<string, Task<Known<int>>> asked)
    {
        var known = new Dictionary<string, Known<int>>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, answer) in asked)
        {
            known[name] = await answer;
        }

        return known;
    }

    private async Task<Known<T>> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await ask(either.Token);
        }
        catch (RetryLaterException e)
        {
            return new(default, Secrets.Without(e.Message));
        }
        catch (CannotContinueException e)
        {
            return new(default, Secrets.Without($"{e.Message} {e.Remedy}"));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(default, $"no answer within {Patience.TotalSeconds} seconds.");
        }
    }

    /// <summary>Reads every governed key of a vault.</summary>
    private async Task<int> CountAsync(IEnumerable<BoundKey> keys, CancellationToken cancellationToken)
    {
        var read = 0;
        foreach (var key in keys)
        {
            await vault.GetKeyAsync(key.Key, version: null, cancellationToken);
            read++;
        }

        return read;
    }

    private async Task<FeedFacts> FeedAsync(CancellationToken cancellationToken) =>
        new(
            departures.Feed,
            (await subscriptions.FindAsync(FeedSubscription.Feed, ChangeSubscription.Users, cancellationToken))?.Value,
            await runs.FindAsync(RunLedger.UserChanges, cancellationToken)
        );

    private async Task<bool> ServesAsync(CancellationToken cancellationToken)
    {
        await trust.ViewAsync(cancellationToken);
        await blocklist.ViewAsync(cancellationToken);
        return true;
    }

    private async Task<DateTimeOffset?> OldestUnpublishedAsync(CancellationToken cancellationToken) =>
        (await publications.UnpublishedAsync(cancellationToken)).Values.OrderBy(at => at).Cast<DateTimeOffset?>().FirstOrDefault();
}
