using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Trust;
using Rekey.VaultAccess.Declared;
using Rekey.VaultAccess.Drifts;
using Rekey.VaultAccess.Reading;
using Rekey.VaultAccess.Responses;

namespace Rekey.VaultAccess;

/// <summary>
/// Looks who reaches the declared vaults, and tells of every difference. It may be killed at any line and run again: what it tells is a
/// function of what it read, and what it takes away is on record before and after.
/// </summary>
public sealed class SweepVaultAccess(
    ReadVaultAccess read,
    RemoveGrants remove,
    ILedgerRecords<VaultStanding> standings,
    RunLedger runs,
    IFindings findings,
    GovernedKeys governedKeys,
    KillSwitch killSwitch,
    VaultAccessOptions options,
    TimeProvider timeProvider
) : IDecisionHandler
{
    /// <summary>Longer than any process lives that may have read what was so before.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromDays(1);

    private readonly Declaration? _declaration = options.ToDeclaration();

    public IReadOnlyList<string> Kinds { get; } = [DecisionKinds.RemoveGrant];

    public bool IsConfigured => _declaration is not null;

    /// <summary>Sweeps every declared vault.</summary>
    /// <exception cref="RetryLaterException">Of at least one vault nobody could read or save what is so; the others are swept.</exception>
    /// <exception cref="CannotContinueException">Of at least one vault somebody must mend what is kept; the others are swept.</exception>
    /// <exception cref="OperationCanceledException">Time ran out: those that had no turn are the first to have one the next
    /// time.</exception>
    public async Task<IReadOnlyList<AccessReport>> RunAsync(CancellationToken cancellationToken)
    {
        if (_declaration is null)
        {
            return [];
        }

        // 1. Is it the declaration of a deployment that has ended? Does it name every vault whose keys are to be rotated?
        var mode = await ModeAsync(_declaration, cancellationToken);
        await WatchGovernedAsync(_declaration, cancellationToken);

        // 2. Which vault has nobody looked at for long? Told of all of them, before anything that takes time.
        var (reports, budget, failures) = (new List<AccessReport>(), options.MaxRemovalsASweep, new Failures());
        var tried = await WatchTheWatchAsync(_declaration, failures, cancellationToken);

        // 3. Vault after vault, who waited longest first: time may run out before the last. One that does not answer holds no other back.
        var swept = new List<string>();
        try
        {
            foreach (var vault in _declaration.Vaults.OrderBy(v => tried[v.ResourceId]))
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
            // Those that had their turn have had it, also when time has run out.
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
        // 1. It has its turn now, whatever becomes of it.
        var standing = await StandingAsync(vault.ResourceId, cancellationToken);
        standing = await SaveAsync(standing, standing.Value with { TriedAt = timeProvider.GetUtcNow() }, cancellationToken);

        // 2. What is there, and what of it should not be. Remembered before it is told, so that it can be said to be over.
        var reading = await read.ReadAsync(vault.ResourceId, cancellationToken);
        standing = await remove.ConfirmAsync(standing, reading, cancellationToken);
        var drift = DriftJudge.Judge(declaration, vault, reading);
        standing = await TellAsync(standing, drift, reading, mode, cancellationToken);

        // 3. What may be taken away is; then it is looked at again, because a deleted grant counts as gone when it is not there.
        var outcome = await remove.RunAsync(standing, drift, reading, mode, budget, cancellationToken);
        (standing, var before) = (outcome.Standing, reading);
        if (outcome.Tried > outcome.Failed.Count)
        {
            reading = await read.ReadAsync(vault.ResourceId, cancellationToken);
            standing = await remove.ConfirmAsync(standing, reading, cancellationToken);
            drift = DriftJudge.Judge(declaration, vault, reading);
            standing = await TellAsync(standing, drift, reading, mode, cancellationToken);
        }

        // 4. What is over is closed, where all of it was seen.
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

    /// <summary>Enforcing rests on a declaration that is in force, and on nobody having stopped everything.</summary>
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
            "The declaration is that of the last completed deployment.",
            cancellationToken
        );
        return killSwitch.Stopped ? ResponseMode.Observe : options.Mode;
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
                "Every vault with governed keys is declared with its rotator.",
                cancellationToken
            );
        }
    }

    private async Task<Versioned<VaultStanding>> StandingAsync(string vaultId, CancellationToken cancellationToken)
    {
        var fresh = new VaultStanding(vaultId) { MetAt = timeProvider.GetUtcNow() };
        return await standings.FindAsync(VaultStanding.All, fresh.Row, cancellationToken)
            ?? await standings.InsertAsync(fresh, cancellationToken)
            ?? throw new RetryLaterException("Another process is at this vault.", TimeSpan.FromSeconds(5));
    }

    /// <summary>Tells of every vault that nobody has swept for too long.</summary>
    /// <returns>When each had its last turn, by resource id; a time that is yet to come is none. One whose record cannot be read comes
    /// last: its turn ends there.</returns>
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
        if (drift.Any(d => standing.Value.Told.All(o => o.FindingId != d.FindingId || o.OverAt is not null)))
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
        // Of a vault that is not there, or cannot be read, nothing has become better.
        var now = timeProvider.GetUtcNow();
        var told = standing.Value.Told.Where(o => o.OverAt is null || o.OverAt + Memory > now).ToList();
        for (var n = 0; n < told.Count; n++)
        {
            if (reading.Vault is not null && !current.Contains(told[n].FindingId) && told[n].Parts.All(reading.Saw))
            {
                await findings.CloseAsync(told[n].FindingId, "It is as declared again.", cancellationToken);
                told[n] = told[n] with { OverAt = told[n].OverAt ?? now };
            }
        }

        await findings.CloseAsync(
            Finding.IdOf(FindingKinds.VaultAccessOverdue, vault.Name),
            "The vault is swept again.",
            cancellationToken
        );
        if (!told.SequenceEqual(standing.Value.Told))
        {
            await SaveAsync(standing, standing.Value with { Told = told }, cancellationToken);
        }
    }

    private async Task<Versioned<VaultStanding>> SaveAsync(
        Versioned<VaultStanding> read,
        VaultStanding value,
        CancellationToken cancellationToken
    ) =>
        await standings.ReplaceAsync(read, value, cancellationToken)
        ?? throw new RetryLaterException("Another process is at this vault.", TimeSpan.FromSeconds(5));
}
