using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.VaultAccess.Drifts;
using Rekey.VaultAccess.Reading;

namespace Rekey.VaultAccess.Responses;

/// <summary>Removes undeclared grants, or asks an approver, and records both in the ledger. A grant counts as removed when a reading no
/// longer contains it.</summary>
public sealed class RemoveGrants(
    IGrantRemover remover,
    AskForDecision decisions,
    IFindings findings,
    ILedgerRecords<VaultStanding> standings,
    VaultAccessOptions options,
    TimeProvider timeProvider
)
{
    /// <summary>Acts on the drift of a vault.</summary>
    /// <param name="mode">The current mode.</param>
    /// <param name="budget">Number of grants that may still be removed without approval.</param>
    /// <returns>The saved standing, the removals that were tried, and the findings about failed ones.</returns>
    public async Task<RemovalOutcome> RunAsync(
        Versioned<VaultStanding> standing,
        IReadOnlyList<Drift> drift,
        VaultReading reading,
        ResponseMode mode,
        int budget,
        CancellationToken cancellationToken
    )
    {
        // 1. Decide the responses. If there are more removals than the budget, ask about all of them.
        var responses = drift
            .Select(d => (Drift: d, AccessResponse.Of(d, mode, SawAll(reading)).Action))
            .Where(r => r.Action > AccessAction.Observe)
            .ToList();
        var isFlood = responses.Count(r => r.Action is AccessAction.Remove) > budget;
        var (failed, tried) = (new List<ReportedDrift>(), 0);
        foreach (var (each, action) in responses)
        {
            // 2. Ask for approval where it is needed.
            var why = "enforce";
            if (action is not AccessAction.Remove || isFlood)
            {
                (standing, var decision) = await AskAsync(standing, each, action is AccessAction.AskOperator, cancellationToken);
                if (action is AccessAction.AskOperator || decision.State is not DecisionState.Approved)
                {
                    continue;
                }

                why = decision.Id;
            }

            // 3. Save the intention in the ledger before removing anything.
            tried++;
            standing = await RemoveAsync(standing, each, why, failed, cancellationToken);
        }

        return new(standing, tried, failed);
    }

    /// <summary>Records grants that are gone as removed.</summary>
    public async Task<Versioned<VaultStanding>> ConfirmAsync(
        Versioned<VaultStanding> standing,
        VaultReading reading,
        CancellationToken cancellationToken
    )
    {
        if (!reading.Saw(ReadingPart.Vault) || !reading.Saw(ReadingPart.Assignments) || standing.Value.Removing.Count == 0)
        {
            return standing;
        }

        foreach (var removal in standing.Value.Removing.Where(r => !r.IsIn(reading)))
        {
            standing = await SaveAsync(
                standing,
                standing.Value with
                {
                    Removing = [.. standing.Value.Removing.Where(r => r != removal)],
                },
                cancellationToken,
                Event(LedgerKinds.GrantRemoved, standing.Value, removal)
            );
        }

        return standing;
    }

    /// <summary>Whether a reading has all parts that a removal without approval needs.</summary>
    public static bool SawAll(VaultReading reading) =>
        new[] { ReadingPart.Vault, ReadingPart.Assignments, ReadingPart.Eligibilities, ReadingPart.Principals }.All(reading.Saw);

    private async Task<Versioned<VaultStanding>> RemoveAsync(
        Versioned<VaultStanding> standing,
        Drift drift,
        string why,
        List<ReportedDrift> failed,
        CancellationToken cancellationToken
    )
    {
        var grant = drift.Grant!;
        var removal = new PendingRemoval(
            grant.ResourceId,
            grant.CreatedOn,
            grant.PrincipalId,
            grant.RoleName,
            grant.Scope,
            drift.FindingId,
            why
        );
        if (standing.Value.Removing.All(r => r.Id != removal.Id))
        {
            standing = await SaveAsync(
                standing,
                standing.Value with
                {
                    Removing = [.. standing.Value.Removing, removal],
                },
                cancellationToken,
                Event(LedgerKinds.GrantRemoving, standing.Value, removal)
            );
        }

        try
        {
            await remover.RemoveRoleAssignmentAsync(grant.ResourceId, cancellationToken);
        }
        catch (CannotContinueException e)
        {
            var finding = AccessFindings.RemovalFailed(drift, e.Reason, e.Remedy, timeProvider.GetUtcNow());
            failed.Add(new(finding.Id, drift.Parts));
            standing = await SaveAsync(standing, standing.Value.With([failed[^1]]), cancellationToken);
            await findings.RaiseAsync(finding, cancellationToken);
        }

        return standing;
    }

    /// <summary>Asks an approver. Asks again after a lapsed question, so that silence does not approve a grant.</summary>
    private async Task<(Versioned<VaultStanding> Standing, Decision Decision)> AskAsync(
        Versioned<VaultStanding> standing,
        Drift drift,
        bool isForOperator,
        CancellationToken cancellationToken
    )
    {
        var grant = drift.Grant!;
        var round = standing.Value.Reported.FirstOrDefault(o => o.FindingId == drift.FindingId)?.Round ?? 0;
        var isMember = drift.Kind is DriftKind.MemberLeft;
        var statement =
            $"{drift.Vault}: {drift.Sentence} "
            + (isMember ? "" : $"Principal {grant.PrincipalId}, scope {grant.Scope}. ")
            + "If you approve, "
            + (
                isMember ? "an operator must remove the person from the group; the finding closes when that is done."
                : isForOperator ? "an operator must remove it; the finding closes when that is done."
                : "Rekey removes the role assignment, and workloads that use it stop."
            )
            + (
                isMember
                    ? " If you reject, the membership and the finding stay."
                    : " If you reject, it stays, and the finding stays open until the grant is declared."
            );
        while (true)
        {
            var decision = await decisions.AskAsync(
                DecisionKinds.RemoveGrant,
                standing.Value.VaultId,
                statement,
                $"{(isMember ? drift.What : grant.Key)}\n{grant.ResourceId}\n{grant.CreatedOn:O}\n{round}",
                [],
                OnExpiry.Lapse,
                cancellationToken
            );
            if (decision.Outcome is not DecisionState.Lapsed)
            {
                return (standing, decision);
            }

            round++;
            standing = await SaveAsync(
                standing,
                standing.Value with
                {
                    Reported = [.. standing.Value.Reported.Select(o => o.FindingId == drift.FindingId ? o with { Round = round } : o)],
                },
                cancellationToken
            );
        }
    }

    /// <summary>Makes a ledger entry: one when a removal begins and is pending, another when a reading shows that the grant is
    /// gone.</summary>
    private LedgerEvent Event(string kind, VaultStanding standing, PendingRemoval removal) =>
        new(
            kind,
            standing.VaultId,
            Facts.Of(
                ("grant", removal.AssignmentId),
                ("principal", removal.PrincipalId),
                ("role", removal.Role),
                ("scope", removal.Scope),
                ("finding", removal.FindingId),
                ("because", removal.Why),
                ("under", options.RemoverClientId ?? "")
            )
        );

    private async Task<Versioned<VaultStanding>> SaveAsync(
        Versioned<VaultStanding> read,
        VaultStanding value,
        CancellationToken cancellationToken,
        LedgerEvent? what = null
    ) =>
        await (
            what is null
                ? standings.ReplaceAsync(read, value, cancellationToken)
                : standings.ReplaceAsync(read, value, what, cancellationToken)
        )
        ?? throw new RetryLaterException("Another process is sweeping this vault. Rekey retries in seconds.", TimeSpan.FromSeconds(5));
}
