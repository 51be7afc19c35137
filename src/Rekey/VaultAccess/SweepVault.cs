using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Findings;
using Rekey.Stopping;
using Rekey.VaultAccess.Custody;
using Rekey.VaultAccess.Declared;
using Rekey.VaultAccess.Drifts;
using Rekey.VaultAccess.Reading;
using Rekey.VaultAccess.Responses;

namespace Rekey.VaultAccess;

/// <summary>Checks who can reach one declared vault, reports every difference, and removes grants as far as the mode allows.</summary>
public sealed class SweepVault(
    ReadVaultAccess read,
    RemoveGrants remove,
    CustodyRecords custody,
    VaultStandings standings,
    IFindings findings,
    KillSwitch killSwitch,
    ICutOffPeople cutOff,
    TimeProvider timeProvider
)
{
    /// <summary>How long closed findings are kept: longer than any process that may hold an old reading.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromDays(1);

    /// <param name="budget">The number of grants that may still be removed.</param>
    public async Task<AccessReport> RunAsync(
        Declaration declaration,
        DeclaredVault vault,
        ResponseMode mode,
        int budget,
        CancellationToken cancellationToken
    )
    {
        // 1. Record that its turn has begun.
        var standing = await standings.FindAsync(vault.ResourceId, cancellationToken);
        standing = await standings.SaveAsync(standing, standing.Value with { TriedAt = timeProvider.GetUtcNow() }, cancellationToken);

        // 2. Read and judge; no declaration counts for people who are cut off. Keep who has access before any of it is removed, even if
        // time has run out: it exposes the keys of its time. Save the drift before reporting it, so that its findings can be closed later.
        var left = await cutOff.ReadAsync(cancellationToken);
        var reading = await read.ReadAsync(vault.ResourceId, cancellationToken);
        await custody.KeepAsync(reading, CancellationToken.None);
        standing = await remove.ConfirmAsync(standing, reading, cancellationToken);
        var drift = DriftJudge.Judge(declaration, vault, reading, left);
        standing = await TellAsync(standing, drift, reading, mode, cancellationToken);

        // An operator may have stopped Rekey since the sweep began.
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
            standing = await standings.SaveAsync(
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
            await standings.SaveAsync(standing, standing.Value with { Reported = reported }, cancellationToken);
        }
    }
}
