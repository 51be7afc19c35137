using Rekey.Core;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Stopping;
using Rekey.Trust;
using Rekey.VaultAccess.Declared;

namespace Rekey.VaultAccess;

/// <summary>
/// Checks who can reach the declared vaults, and reports every difference. It can be killed at any line and run again: its findings
/// depend only on what it read, and the ledger records every removal before and after.
/// </summary>
public sealed class SweepVaultAccess(
    SweepVault sweep,
    VaultStandings standings,
    RunLedger runs,
    IFindings findings,
    GovernedKeys governedKeys,
    KillSwitch killSwitch,
    VaultAccessOptions options,
    TimeProvider timeProvider
) : IDecisionHandler
{
    private readonly Declaration? _declaration = options.ToDeclaration();

    public IReadOnlyList<string> Kinds { get; } = [DecisionKinds.RemoveGrant];

    public bool IsConfigured => _declaration is not null;

    /// <summary>Sweeps every declared vault.</summary>
    /// <exception cref="RetryLaterException">At least one vault could not be read or saved; the others are swept.</exception>
    /// <exception cref="CannotContinueException">The saved state of at least one vault needs repair; the others are swept.</exception>
    /// <exception cref="OperationCanceledException">Time ran out: the next run starts with the vaults that had no turn.</exception>
    public Task<IReadOnlyList<AccessReport>> RunAsync(CancellationToken cancellationToken) => RunAsync(hosts: null, cancellationToken);

    /// <inheritdoc cref="RunAsync(CancellationToken)"/>
    /// <summary>Sweeps declared vaults.</summary>
    /// <param name="hosts">Host names of the vaults; null for every declared vault.</param>
    public async Task<IReadOnlyList<AccessReport>> RunAsync(IReadOnlyCollection<string>? hosts, CancellationToken cancellationToken)
    {
        if (_declaration is null)
        {
            return [];
        }

        // 1. Check that the declaration is that of a completed deployment, and names every vault with governed keys.
        var mode = await ModeAsync(_declaration, cancellationToken);
        await WatchGovernedAsync(_declaration, cancellationToken);

        // 2. Report overdue vaults before the slow part.
        var (reports, budget, failures) = (new List<AccessReport>(), options.MaxRemovalsASweep, new Failures());
        var tried = await WatchTheWatchAsync(_declaration, failures, cancellationToken);

        // 3. Sweep each vault, longest wait first, because time may run out. A vault that does not respond does not block others.
        var swept = new List<string>();
        try
        {
            foreach (
                var vault in _declaration
                    .Vaults.Where(v => hosts?.Contains(v.Name, StringComparer.OrdinalIgnoreCase) is not false)
                    .OrderBy(v => tried[v.ResourceId])
            )
            {
                cancellationToken.ThrowIfCancellationRequested();
                await failures.TryAsync(async () =>
                {
                    var report = await sweep.RunAsync(_declaration, vault, mode, budget, cancellationToken);
                    budget -= report.Removed.Count;
                    reports.Add(report);
                    swept.Add(vault.Name);
                });
            }
        }
        finally
        {
            // Record the completed sweeps even if time has run out.
            if (swept.Count > 0)
            {
                await failures.TryAsync(() => runs.RanAsync(RunLedger.VaultAccess, swept, CancellationToken.None));
            }
        }

        failures.Throw();
        return reports;
    }

    public async Task CarryOutAsync(Decision decision, CancellationToken cancellationToken)
    {
        if (_declaration?.Vaults.FirstOrDefault(v => v.ResourceId.Equals(decision.About, StringComparison.OrdinalIgnoreCase)) is { } vault)
        {
            await sweep.RunAsync(
                _declaration,
                vault,
                await ModeAsync(_declaration, cancellationToken),
                options.MaxRemovalsASweep,
                cancellationToken
            );
        }
    }

    /// <summary>Returns the effective mode. Enforce needs the declaration of a completed deployment, and no active kill switch.</summary>
    private async Task<ResponseMode> ModeAsync(Declaration declaration, CancellationToken cancellationToken)
    {
        if (options.Mode is ResponseMode.Enforce && !options.IsDeployed)
        {
            await findings.RaiseAsync(
                AccessFindings.Stale(
                    declaration.Environment,
                    Rekey.VaultAccess.Declared.Declaration.HashOf(options.Declaration!),
                    options.DeclarationHash,
                    timeProvider.GetUtcNow()
                ),
                cancellationToken
            );
            return ResponseMode.Observe;
        }

        await findings.CloseAsync(
            Finding.IdOf(FindingKinds.VaultDeclarationStale, declaration.Environment),
            "The declaration matches the last completed deployment.",
            cancellationToken
        );
        return await killSwitch.IsStoppedAsync(cancellationToken) ? ResponseMode.Observe : options.Mode;
    }

    private async Task WatchGovernedAsync(Declaration declaration, CancellationToken cancellationToken)
    {
        var shown = declaration.Vaults.Where(v => v.Rotator is not null).Select(v => v.Name);
        var unproven = governedKeys
            .Keys.Select(k => k.Key.VaultUri.Authority)
            .Except(shown, StringComparer.OrdinalIgnoreCase)
            .Order(StringComparer.OrdinalIgnoreCase)
            .ToList();
        if (unproven.Count > 0)
        {
            await findings.RaiseAsync(
                AccessFindings.RotationUnproven(declaration.Environment, unproven, timeProvider.GetUtcNow()),
                cancellationToken
            );
        }
        else
        {
            await findings.CloseAsync(
                Finding.IdOf(FindingKinds.RotationNotAllowed, declaration.Environment),
                "Every vault with governed keys has a declared rotator.",
                cancellationToken
            );
        }
    }

    /// <summary>Reports every vault without a recent sweep.</summary>
    /// <returns>The start of each vault's last sweep, by resource id; a future time does not count. A vault with an unreadable record
    /// comes last, because its sweep fails.</returns>
    private async Task<IReadOnlyDictionary<string, DateTimeOffset>> WatchTheWatchAsync(
        Declaration declaration,
        Failures failures,
        CancellationToken cancellationToken
    )
    {
        var (tried, now) = (new Dictionary<string, DateTimeOffset>(StringComparer.OrdinalIgnoreCase), timeProvider.GetUtcNow());
        foreach (var vault in declaration.Vaults)
        {
            tried[vault.ResourceId] = DateTimeOffset.MaxValue;
            await failures.TryAsync(async () =>
            {
                var standing = (await standings.FindAsync(vault.ResourceId, cancellationToken)).Value;
                tried[vault.ResourceId] = standing.TriedAt is { } last && last <= now ? last : DateTimeOffset.MinValue;
                var looked =
                    await runs.LastAsync(RunLedger.VaultAccess, vault.Name, cancellationToken) is { } run && run > standing.MetAt
                        ? run
                        : standing.MetAt;
                if (looked + options.OverdueAfter <= now)
                {
                    await findings.RaiseAsync(AccessFindings.Overdue(vault.Name, looked, now), cancellationToken);
                }
            });
        }

        return tried;
    }
}
