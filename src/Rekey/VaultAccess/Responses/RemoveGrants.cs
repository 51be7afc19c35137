using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.VaultAccess.Drifts;
using Rekey.VaultAccess.Reading;

namespace Rekey.VaultAccess.Responses;

/// <summary>Takes away what may be taken away, asks about the rest, and puts both on record. What was taken away counts as gone when it is
/// seen to be gone.</summary>
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
    /// <param name="mode">The mode that holds now.</param>
    /// <param name="budget">How many may still be removed without a question; what is left comes back.</param>
    /// <returns>The standing as saved, removals that were tried, and findings about those that failed.</returns>
    public async Task<RemovalOutcome> RunAsync(
        Versioned<VaultStanding> standing,
        IReadOnlyList<Drift> drift,
        VaultReading reading,
        ResponseMode mode,
        int budget,
        CancellationToken cancellationToken
    )
    {
        // 1. What is called for. More than may go unasked is asked about, all of it.
        var responses = drift
            .Select(d => (Drift: d, AccessResponse.Of(d, mode, SawAll(reading)).Action))
            .Where(r => r.Action > AccessAction.Observe)
            .ToList();
        var isFlood = responses.Count(r => r.Action is AccessAction.Remove) > budget;
        var (failed, tried) = (new List<ReportedDrift>(), 0);
        foreach (var (each, action) in responses)
        {
            // 2. A question where there must be one.
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

            // 3. The intention is saved and on record before anything is done.
            tried++;
            standing = await RemoveAsync(standing, each, why, failed, cancellationToken);
        }

        return new(standing, tried, failed);
    }

    /// <summary>What is gone is on record as removed.</summary>
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

    /// <summary>Whether everything is seen on which a removal without a question rests.</summary>
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

    /// <summary>An unanswered question is asked again, so that silence does not make a grant a declared one.</summary>
    private async Task<(Versioned<VaultStanding> Standing, Decision Decision)> AskAsync(
        Versioned<VaultStanding> standing,
        Drift drift,
        bool isForOperator,
        CancellationToken cancellationToken
    )
    {
        var grant = drift.Grant!;
        var round = standing.Value.Told.FirstOrDefault(o => o.FindingId == drift.FindingId)?.Round ?? 0;
        var statement =
            $"{drift.Vault}: {drift.Sentence} Principal {grant.PrincipalId}, scope {grant.Scope}. On yes it is to go: "
            + (
                isForOperator
                    ? "an operator removes it, and the finding closes when that is done."
                    : "Rekey removes the role assignment; whatever runs on it stops."
            )
            + " On no it stays, and stays a finding until it is declared.";
        while (true)
        {
            var decision = await decisions.AskAsync(
                DecisionKinds.RemoveGrant,
                standing.Value.VaultId,
                statement,
                $"{grant.Key}\n{grant.ResourceId}\n{grant.CreatedOn:O}\n{round}",
                [],
                OnExpiry.Lapse,
                cancellationToken
            );
            if (decision.StateAt(timeProvider.GetUtcNow()) is not DecisionState.Lapsed)
            {
                return (standing, decision);
            }

            round++;
            standing = await SaveAsync(
                standing,
                standing.Value with
                {
                    Told = [.. standing.Value.Told.Select(o => o.FindingId == drift.FindingId ? o with { Round = round } : o)],
                },
                cancellationToken
            );
        }
    }

    /// <summary>One line says that a removal began, and that it is among those that are not seen to be gone; another that it is, of one
    /// that was among them.</summary>
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
        ?? throw new RetryLaterException("Another process is at this vault.", TimeSpan.FromSeconds(5));
}
