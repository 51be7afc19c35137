using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Stopping;
using Rekey.Trust;
using Rekey.VaultAccess.Custody;
using Rekey.VaultAccess.Declared;
using Rekey.VaultAccess.Drifts;
using Rekey.VaultAccess.Reading;
using Rekey.VaultAccess.Responses;

namespace Rekey.VaultAccess;

/// <summary>
/// Checks who can reach the declared vaults, and reports every difference. It can be killed at any line and run again: its findings
/// depend only on what it read, and the ledger records every removal before and after.
/// </summary>
public sealed class SweepVaultAccess(
    ReadVaultAccess read,
    RemoveGrants remove,
    CustodyRecords custody,
    ILedgerRecords<VaultStanding> standings,
    RunLedger runs,
    IFindings findings,
    GovernedKeys governedKeys,
    KillSwitch killSwitch,
    ICutOffPeople cutOff,
    VaultAccessOptions options,
    TimeProvider timeProvider
) : IDecisionHandler
{
    /// <summary>How long closed findings are kept: longer than any process that may hold an old reading.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromDays(1);

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
                    var report = await SweepAsync(_declaration, vault, mode, budget, cancellationToken);
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
            await SweepAsync(
                _declaration,
                vault,
                await ModeAsync(_declaration, cancellationToken),
                options.MaxRemovalsASweep,
                cancellationToken
            );
        }
    }

    private async Task<AccessReport> SweepAsync(
        Declaration declaration,
        DeclaredVault vault,
        ResponseMode mode,
        int budget,
        CancellationToken cancellationToken
    )
    {
        // 1. Record that its turn has begun.
        var standing = await StandingAsync(vault.ResourceId, cancellationToken);
        standing = await SaveAsync(standing, standing.Value with { TriedAt = timeProvider.GetUtcNow() }, cancellationToken);

        // 2. Read and judge; no declaration counts for people who are cut off. Keep who has access before any of it is removed, even if
        // time has run out: it exposes the keys of its time. Save the drift before reporting it, so that its findings can be closed later.
        var left = await cutOff.ReadAsync(cancellationToken);
        var reading = await read.ReadAsync(vault.ResourceId, cancellationToken);
        await custody.KeepAsync(reading, CancellationToken.None);
        standing = await remove.ConfirmAsync(standing, reading, cancellationToken);
        var drift = DriftJudge.Judge(declaration, vault, reading, left);
        standing = await TellAsync(standing, drift, reading, mode, cancellationToken);

        // Somebody may have stopped Rekey since the sweep began.
        if (mode is not ResponseMode.Observe && await killSwitch.IsStoppedAsync(cancellationToken))
        {
            mode = ResponseMode.Observe;
        }

        // 3. Remove grants, then read again: a deleted grant counts as removed only if a reading no longer contains it.
        var outcome = await remove.RunAsync(standing, drift, reading, mode, budget, cancellationToken);
        (standing, var before) = (outcome.Standing, reading);
        if (outcome.Tried > outcome.Failed.Count)
        {
            reading = await read.ReadAsync(vault.ResourceId, cancellationToken);
            standing = await remove.ConfirmAsync(standing, reading, cancellationToken);
            drift = DriftJudge.Judge(declaration, vault, reading, left);
            standing = await TellAsync(standing, drift, reading, mode, cancellationToken);
        }

        // 4. Close resolved findings whose parts were all read.
        string[] removed =
        [
            .. before.Assignments.Select(a => a.Id).Except(reading.Assignments.Select(a => a.Id), StringComparer.OrdinalIgnoreCase),
        ];
        await CloseAsync(
            standing,
            vault,
            drift.Select(d => d.FindingId).Concat(outcome.Failed.Select(f => f.FindingId)).ToHashSet(StringComparer.Ordinal),
            reading,
            cancellationToken
        );
        return new(vault.ResourceId, drift, removed, reading.Unseen);
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

    private async Task<Versioned<VaultStanding>> StandingAsync(string vaultId, CancellationToken cancellationToken)
    {
        var fresh = new VaultStanding(vaultId) { MetAt = timeProvider.GetUtcNow() };
        return await standings.FindAsync(VaultStanding.All, fresh.Row, cancellationToken)
            ?? await standings.InsertAsync(fresh, cancellationToken)
            ?? throw new RetryLaterException("Another process is sweeping this vault. Rekey retries in seconds.", TimeSpan.FromSeconds(5));
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
                var standing = (await StandingAsync(vault.ResourceId, cancellationToken)).Value;
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

    private async Task<Versioned<VaultStanding>> TellAsync(
        Versioned<VaultStanding> standing,
        IReadOnlyList<Drift> drift,
        VaultReading reading,
        ResponseMode mode,
        CancellationToken cancellationToken
    )
    {
        if (drift.Any(d => standing.Value.Reported.All(o => o.FindingId != d.FindingId || o.OverAt is not null)))
        {
            standing = await SaveAsync(
                standing,
                standing.Value.With([.. drift.Select(d => new ReportedDrift(d.FindingId, d.Parts))]),
                cancellationToken
            );
        }

        foreach (var each in drift)
        {
            var (action, why) = AccessResponse.Of(each, mode, RemoveGrants.SawAll(reading));
            var response =
                action is AccessAction.Report ? ""
                : action is AccessAction.Observe ? why
                : $"{mode}: {(action is AccessAction.Remove ? "removed" : "an approver is asked")}, {why}";
            await findings.RaiseAsync(AccessFindings.Of(each, response, reading.Unseen, timeProvider.GetUtcNow()), cancellationToken);
        }

        return standing;
    }

    private async Task CloseAsync(
        Versioned<VaultStanding> standing,
        DeclaredVault vault,
        IReadOnlySet<string> current,
        VaultReading reading,
        CancellationToken cancellationToken
    )
    {
        // A vault that is missing or unreadable resolves nothing.
        var now = timeProvider.GetUtcNow();
        var reported = standing.Value.Reported.Where(o => o.OverAt is null || o.OverAt + Memory > now).ToList();
        for (var n = 0; n < reported.Count; n++)
        {
            if (reading.Vault is not null && !current.Contains(reported[n].FindingId) && reported[n].Parts.All(reading.Saw))
            {
                await findings.CloseAsync(reported[n].FindingId, "Access matches the declaration again.", cancellationToken);
                reported[n] = reported[n] with { OverAt = reported[n].OverAt ?? now };
            }
        }

        await findings.CloseAsync(
            Finding.IdOf(FindingKinds.VaultAccessOverdue, vault.Name),
            "The sweep of the vault completed again.",
            cancellationToken
        );
        if (!reported.SequenceEqual(standing.Value.Reported))
        {
            await SaveAsync(standing, standing.Value with { Reported = reported }, cancellationToken);
        }
    }

    private async Task<Versioned<VaultStanding>> SaveAsync(
        Versioned<VaultStanding> read,
        VaultStanding value,
        CancellationToken cancellationToken
    ) =>
        await standings.ReplaceAsync(read, value, cancellationToken)
        ?? throw new RetryLaterException("Another process is sweeping this vault. Rekey retries in seconds.", TimeSpan.FromSeconds(5));
}
