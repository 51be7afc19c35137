using System.Collections.Concurrent;
using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Findings;
using Rekey.Trust;
using Rekey.Trust.History;
using Rekey.Trust.Publishing;
using Rekey.Trust.Vaults;

namespace Rekey.Rotations.Baselines;

/// <summary>
/// Looks at the governed keys: versions that were there before Rekey came are put to an approver once, as a baseline; afterwards a version
/// that Rekey did not make is a finding and is not trusted.
/// </summary>
public sealed class TakeBaselines(
    IKeyVault vault,
    TrustLedger trustLedger,
    IRecords<Rotation> rotations,
    GovernedKeys governedKeys,
    AskForDecision decisions,
    PublishTrust publish,
    IFindings findings,
    TimeProvider timeProvider
) : IDecisionHandler
{
    /// <summary>How far the vault's clock, which counts in whole seconds, may be from ours.</summary>
    private static readonly TimeSpan VaultClock = TimeSpan.FromMinutes(1);

    /// <summary>After how long a key that nothing happened to is looked at again, and in how many runs all of a vault's.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromHours(6);

    private const double LooksUntilAll = 300;

    private readonly ConcurrentDictionary<SigningKey, Look> _looks = new();

    private const int InOneGo = 100;

    /// <summary>How many keys a vault may have for its baseline to be taken while the approver waits. A larger one is the timer's, within a
    /// minute.</summary>
    private const int WhileSomebodyWaits = 50;

    public IReadOnlyList<string> Kinds { get; } = [DecisionKinds.Baseline];

    /// <summary>Looks at every vault.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => RunAsync([.. governedKeys.Keys.Select(k => k.Key)], cancellationToken);

    /// <summary>Takes the baseline of a vault, unless it has so many keys that nobody should wait for it, and publishes what is
    /// trusted.</summary>
    public async Task CarryOutAsync(Decision decision, CancellationToken cancellationToken)
    {
        // That the vault is silent keeps nothing of another one back.
        try
        {
            var keys = governedKeys
                .Keys.Select(k => k.Key)
                .Where(k => string.Equals(k.VaultUri.Authority, decision.About, StringComparison.OrdinalIgnoreCase))
                .ToList();
            await RunAsync(keys.Count > WhileSomebodyWaits ? [] : keys, cancellationToken);
        }
        finally
        {
            await publish.PublishAsync(cancellationToken);
        }
    }

    private async Task RunAsync(IReadOnlyList<SigningKey> all, CancellationToken cancellationToken)
    {
        // Each vault that could not be looked at in full is told of when all had their turn.
        var history = await trustLedger.ReadAsync(cancellationToken);
        var failed = new ConcurrentQueue<Failures>();
        await VaultsInParallel.RunAsync(
            all,
            k => k,
            async (keys, vaultName, limited) =>
            {
                var failures = new Failures();
                foreach (var look in Looks(vaultName, keys, history, limited))
                {
                    await failures.TryAsync(look, whom: vaultName);
                }

                failed.Enqueue(failures);
            },
            cancellationToken
        );
        foreach (var failures in failed)
        {
            failures.Throw();
        }
    }

    /// <summary>Keys met for the first time are one question a vault. Keys that are known: does anything stand there that should
    /// not?</summary>
    private IEnumerable<Func<Task>> Looks(
        string vaultName,
        IReadOnlyList<SigningKey> keys,
        TrustHistory history,
        CancellationToken cancellationToken
    )
    {
        var unmet = keys.Where(k => !history.HasBaseline(k.Id)).ToList();
        var met = keys.Except(unmet).ToList();
        return
        [
            .. unmet.Count == 0 ? Array.Empty<Func<Task>>() : [() => MeetAsync(vaultName, unmet, history, cancellationToken)],
            .. met.Count == 0 ? Array.Empty<Func<Task>>() : [() => LookAsync(met, cancellationToken)],
        ];
    }

    private async Task MeetAsync(
        string vaultName,
        IReadOnlyList<SigningKey> unmet,
        TrustHistory history,
        CancellationToken cancellationToken
    )
    {
        // Whoever carried out the last answer may have died between two keys: their versions are trusted, all of them, and only that is not
        // yet said.
        var keys = new List<SigningKey>();
        foreach (var key in unmet)
        {
            if (
                history
                    .VersionsOf(key.Id)
                    .Select(v => ApprovedBasis.DecisionOf(v.Basis))
                    .FirstOrDefault(d => d is not null && history.WasBaseline(d)) is
                { } begun
            )
            {
                await trustLedger.TakeBaselineAsync(key, begun, cancellationToken);
            }
            else
            {
                keys.Add(key);
            }
        }

        if (keys.Count == 0)
        {
            return;
        }

        var found = new List<(SigningKey Key, KeyVersion Version)>();
        foreach (var key in keys)
        {
            found.AddRange((await EnabledAsync(key, history, cancellationToken)).Select(v => (key, v)));
        }

        var plan = string.Join(
            '\n',
            found.Select(f => $"{f.Key.Id} {f.Version.Version} {f.Version.PublicKey.Thumbprint}").Order(StringComparer.Ordinal)
        );
        var statement =
            $"Rekey meets vault {vaultName}. On yes these versions are trusted and published, and none besides that Rekey "
            + $"does not make itself: {plan.ReplaceLineEndings("; ")}. On no nothing more of this vault is published.";
        if (await AskUntilAnsweredAsync(vaultName, statement, plan, cancellationToken) is not { State: DecisionState.Approved } decision)
        {
            return;
        }

        // What waits for the ledger together goes out together. That a key's versions are trusted is said before that its baseline is
        // taken.
        foreach (var some in found.Chunk(InOneGo))
        {
            await Task.WhenAll(
                some.Select(f =>
                    trustLedger.TrustAsync(
                        f.Key,
                        f.Version.Version,
                        f.Version.PublicKey.Thumbprint,
                        f.Version.Created,
                        ApprovedBasis.Of(decision, f.Key, f.Version.Version),
                        cancellationToken
                    )
                )
            );
        }

        foreach (var some in keys.Chunk(InOneGo))
        {
            await Task.WhenAll(some.Select(key => trustLedger.TakeBaselineAsync(key, decision.Id, cancellationToken)));
        }
    }

    /// <summary>An unanswered question is asked again: without a baseline nothing can be published.</summary>
    private async Task<Decision> AskUntilAnsweredAsync(string vaultName, string statement, string plan, CancellationToken cancellationToken)
    {
        for (var round = plan; ; )
        {
            var decision = await decisions.AskAsync(
                DecisionKinds.Baseline,
                vaultName,
                statement,
                round,
                [],
                OnExpiry.Lapse,
                cancellationToken
            );
            if (decision.StateAt(timeProvider.GetUtcNow()) is not DecisionState.Lapsed)
            {
                return decision;
            }

            round = $"{plan}\nafter {decision.Id}";
        }
    }

    private async Task<IReadOnlyList<KeyVersion>> EnabledAsync(SigningKey key, TrustHistory history, CancellationToken cancellationToken)
    {
        var enabled = new List<KeyVersion>();
        foreach (var item in await vault.GetPropertiesOfKeyVersionsAsync(key, cancellationToken))
        {
            if (item.Enabled)
            {
                var version = await vault.GetKeyAsync(key, item.Version, cancellationToken);
                if (history.IsBarred(version.PublicKey.Thumbprint))
                {
                    // A backup of a key that was revoked, however long ago: nobody is asked whether to trust it.
                    await findings.RaiseAsync(
                        RotationFindings.EndedVersionSigns(key, item.Version, timeProvider.GetUtcNow()),
                        cancellationToken
                    );
                    continue;
                }

                enabled.Add(version);
                if (version.Managed)
                {
                    await findings.RaiseAsync(RotationFindings.ManagedByCertificate(key, timeProvider.GetUtcNow()), cancellationToken);
                }
            }
        }

        return enabled;
    }

    /// <summary>Looks at the versions of those keys that something happened to, as the vault's list says, and at each of the others in
    /// turn.</summary>
    private async Task LookAsync(IReadOnlyList<SigningKey> keys, CancellationToken cancellationToken)
    {
        // 1. In this order: what the vault shows was asked for by then, and what was asked for and put on record stands in the ledger by
        // then.
        var now = timeProvider.GetUtcNow();
        var due = await DueAsync(keys, now, cancellationToken);
        var versions = new List<(SigningKey Key, DateTimeOffset? Updated, IReadOnlyList<KeyVersionProperties> Enabled)>();
        var failures = new Failures();
        foreach (var (key, updated) in due)
        {
            if (
                await failures.TryAsync(async () =>
                    versions.Add(
                        (key, updated, [.. (await vault.GetPropertiesOfKeyVersionsAsync(key, cancellationToken)).Where(v => v.Enabled)])
                    )
                ) is RetryLaterException
            )
            {
                // A vault that does not answer is asked once: its silence would use up the time of everything behind it.
                break;
            }
        }

        // 2. One reading of the ledger for all of them.
        if (versions.Count > 0)
        {
            var history = await trustLedger.ReadAsync(cancellationToken);
            foreach (var (key, updated, enabled) in versions)
            {
                await failures.TryAsync(async () =>
                {
                    await LookAsync(key, enabled, history, cancellationToken);
                    _looks[key] = new(updated, now);
                });
            }
        }

        failures.Throw();
    }

    /// <summary>A key is looked at when its newest version changed since, or so shortly before the last look that it may have changed
    /// again.</summary>
    private async Task<IReadOnlyList<(SigningKey Key, DateTimeOffset? Updated)>> DueAsync(
        IReadOnlyList<SigningKey> keys,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyList<KeyProperties> listed;
        try
        {
            listed = await vault.GetPropertiesOfKeysAsync(keys[0].VaultUri, cancellationToken);
        }
        catch (CannotContinueException)
        {
            // Rekey may have rights on single keys only. Then each is asked about.
            return [.. keys.Select(k => (k, (DateTimeOffset?)null))];
        }

        var updates = listed.ToLookup(k => k.Name, k => k.Updated, StringComparer.OrdinalIgnoreCase);
        var all = keys.Select(k => (Key: k, Updated: updates[k.Name].Select(u => (DateTimeOffset?)u).FirstOrDefault())).ToList();
        var changed = all.Where(k =>
            !(_looks.TryGetValue(k.Key, out var look) && look.Updated == k.Updated && look.At > k.Updated + VaultClock)
        );

        // An older version may be enabled again, which the list does not say.
        var inTurn = all.Where(k => _looks.TryGetValue(k.Key, out var look) && look.At <= now - LookAgain)
            .OrderBy(k => _looks[k.Key].At)
            .Take((int)Math.Ceiling(all.Count / LooksUntilAll));
        return [.. changed.Union(inTurn)];
    }

    private async Task LookAsync(
        SigningKey key,
        IReadOnlyList<KeyVersionProperties> enabled,
        TrustHistory history,
        CancellationToken cancellationToken
    )
    {
        // 1. What a running rotation has just made is not yet on record, and what it made in vain it sweeps up itself. It cannot have made
        // more than it asked for, nor before it began.
        var unknown = enabled.Where(v => history.Find(key.Id, v.Version) is null).ToList();
        var known = enabled
            .Select(v => history.Find(key.Id, v.Version))
            .OfType<VersionRecord>()
            .Where(v => history.IsBarred(v.Thumbprint))
            .ToList();
        if (unknown.Count == 0 && known.Count == 0)
        {
            return;
        }

        var running = (await rotations.FindAsync(Rotation.Live, key.Row, cancellationToken))?.Value is { IsRunning: true } rotation
            ? rotation
            : null;
        history = await trustLedger.ReadAsync(cancellationToken);
        unknown = [.. unknown.Where(v => history.Find(key.Id, v.Version) is null)];
        var orphans = unknown.Where(v => v.Created >= running?.StartedAt - VaultClock).ToList();
        foreach (var stranger in orphans.Count > (running?.OrphansAtMost(history) ?? 0) ? unknown : unknown.Except(orphans))
        {
            await findings.RaiseAsync(
                RotationFindings.UnknownVersion(key, stranger, disabled: false, timeProvider.GetUtcNow()),
                cancellationToken
            );
        }

        // 2. What a running rotation ends it may not have stopped yet.
        foreach (var ended in running is null ? known : [])
        {
            if ((await vault.GetKeyAsync(key, ended.Version, cancellationToken)).CanSign)
            {
                await findings.RaiseAsync(
                    RotationFindings.EndedVersionSigns(key, ended.Version, timeProvider.GetUtcNow()),
                    cancellationToken
                );
            }
        }
    }

    /// <param name="Updated">What the vault's list said of the key then.</param>
    private sealed record Look(DateTimeOffset? Updated, DateTimeOffset At);
}
