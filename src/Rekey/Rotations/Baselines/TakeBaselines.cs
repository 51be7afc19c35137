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
/// Takes baselines and checks the governed keys. Versions that existed before Rekey are put to an approver once, as a baseline. Later, a
/// version that Rekey did not make is a finding and is not trusted.
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
    /// <summary>The tolerated difference between our clock and the vault's, which counts whole seconds.</summary>
    private static readonly TimeSpan VaultClock = TimeSpan.FromMinutes(1);

    /// <summary>How long until an unchanged key is checked again, and the number of runs over which a vault's keys are spread.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromHours(6);

    private const double LooksUntilAll = 300;

    private readonly ConcurrentDictionary<SigningKey, Look> _looks = new();

    private const int InOneGo = 100;

    /// <summary>
    /// How many keys a vault may have for its baseline to be taken while the approver waits. The timer takes a larger one within a minute.
    /// </summary>
    private const int WhileSomebodyWaits = 50;

    public IReadOnlyList<string> Kinds { get; } = [DecisionKinds.Baseline];

    /// <summary>Checks every vault.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => RunAsync([.. governedKeys.Keys.Select(k => k.Key)], cancellationToken);

    /// <summary>
    /// Takes the baseline of a vault, unless it has too many keys for the approver to wait, and publishes the trusted versions.
    /// </summary>
    public async Task CarryOutAsync(Decision decision, CancellationToken cancellationToken)
    {
        // A vault that does not answer holds up no other.
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
        // Report each vault that could not be checked in full, after all had their turn.
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

    /// <summary>Asks one question per vault about its new keys, and checks known keys for unexpected versions.</summary>
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
        // The worker that carried out the last answer may have crashed between two keys: then all their versions are trusted, and only the
        // line that says so is missing.
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
            $"Rekey takes a baseline of vault {vaultName}. On yes these versions are trusted and published, and no others except those "
            + $"that Rekey makes itself: {plan.ReplaceLineEndings("; ")}. On no nothing more of this vault is published.";
        if (await AskUntilAnsweredAsync(vaultName, statement, plan, cancellationToken) is not { State: DecisionState.Approved } decision)
        {
            return;
        }

        // Lines that wait for the ledger together are written together. The lines about trusted versions come before the line that the
        // baseline was taken.
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

    /// <summary>Asks an expired question again: without a baseline nothing can be published.</summary>
    private Task<Decision> AskUntilAnsweredAsync(string vaultName, string statement, string plan, CancellationToken cancellationToken) =>
        AskForDecision.AskAgainAsync(
            round =>
                decisions.AskAsync(
                    DecisionKinds.Baseline,
                    vaultName,
                    statement,
                    round == 0 ? plan : $"{plan}\n{round}",
                    [],
                    OnExpiry.Lapse,
                    cancellationToken
                ),
            mayAsk: decision => decision.State is not DecisionState.Declined
        );

    private async Task<IReadOnlyList<KeyVersion>> EnabledAsync(SigningKey key, TrustHistory history, CancellationToken cancellationToken)
    {
        var enabled = new List<KeyVersion>();
        foreach (var item in await vault.GetPropertiesOfKeyVersionsAsync(key, cancellationToken))
        {
            if (item.Enabled)
            {
                var version = await vault.GetKeyAsync(key, item.Version, cancellationToken);
                if (history.IsRevoked(version.PublicKey.Thumbprint))
                {
                    // A restored backup of a revoked key, however old: nobody is asked to trust it.
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

    /// <summary>Checks the versions of keys that have changed by the vault's list, and of the others in turn.</summary>
    private async Task LookAsync(IReadOnlyList<SigningKey> keys, CancellationToken cancellationToken)
    {
        // 1. In this order: the ledger read then has every version that Rekey requested and recorded before the vault showed it.
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
                // A vault that does not answer is asked once: its timeouts would use up the time for the rest.
                break;
            }
        }

        // 2. Read the ledger once for all of them.
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

    /// <summary>
    /// Whether a key is checked: its newest version has changed since the last check, or so shortly before it that it may have changed
    /// again.
    /// </summary>
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
            // Rekey may have rights on single keys only. Then it asks about each.
            return [.. keys.Select(k => (k, (DateTimeOffset?)null))];
        }

        var updates = listed.ToLookup(k => k.Name, k => k.Updated, StringComparer.OrdinalIgnoreCase);
        var all = keys.Select(k => (Key: k, Updated: updates[k.Name].Select(u => (DateTimeOffset?)u).FirstOrDefault())).ToList();
        var changed = all.Where(k =>
            !(_looks.TryGetValue(k.Key, out var look) && look.Updated == k.Updated && look.At > k.Updated + VaultClock)
        );

        // An older version may have been enabled again; the list does not show that.
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
        // 1. A version that a running rotation has just made is not yet on record, and the rotation removes its own orphans. It cannot have
        // made more than it requested, nor before it began.
        var unknown = enabled.Where(v => history.Find(key.Id, v.Version) is null).ToList();
        var known = enabled
            .Select(v => history.Find(key.Id, v.Version))
            .OfType<VersionRecord>()
            .Where(v => history.IsRevoked(v.Thumbprint))
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

        // 2. A running rotation may not have stopped its old versions yet.
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

    /// <param name="Updated">The key's last change, by the vault's list at that time.</param>
    private sealed record Look(DateTimeOffset? Updated, DateTimeOffset At);
}
