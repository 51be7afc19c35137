using Rekey.Checks;
using Rekey.Core;
using Rekey.Findings;
using Rekey.Findings.Record;
using Rekey.Ledgers;

namespace Rekey.Functions.Checks;

/// <summary>Collects what the app sees of its own deployment. A service that does not answer leaves open its own fact alone.</summary>
public sealed class ReadAppFacts(
    IOwnIdentity identity,
    ReachableKeys keys,
    RegularWork work,
    ServedLists lists,
    ILedger ledger,
    FindingLedger findings,
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
        var declares = work.DeclaresVaults;
        var entraTime = AskAsync(identity.ReadTimeAsync, cancellationToken);
        var own = AskAsync(identity.ReadAsync, cancellationToken);
        var vaults = keys.ByVault()
            .ToDictionary(v => v.Key, v => AskAsync(c => keys.CountAsync(v, c), cancellationToken), StringComparer.OrdinalIgnoreCase);
        var documentKey = AskAsync(keys.DocumentThumbprintAsync, cancellationToken);
        var checkpointKey = keys.Checkpoint is { } key
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
            Feed = await AskAsync(work.FeedAsync, cancellationToken),
            Vaults = await AllAsync(vaults),
            DocumentKey = await documentKey,
            Checkpoint = checkpointKey,
            LedgerLines = await AskAsync(async c => (await ledger.HeadAsync(c)).Lines, cancellationToken),
            DeclaresVaults = declares,
            AccessSweptAt = await AskAsync(work.AccessSweptAsync, cancellationToken),
            HasLogs = work.HasLogs,
            LogsSweptAt = await AskAsync(work.LogsSweptAsync, cancellationToken),
            Published = await AskAsync(lists.ServesAsync, cancellationToken),
            UnpublishedSince = await AskAsync(lists.OldestUnpublishedAsync, cancellationToken),
            StoppedBy = await AskAsync(work.StoppedByAsync, cancellationToken),
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
}
