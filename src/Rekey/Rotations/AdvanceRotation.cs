using Rekey.Core;
using Rekey.Decisions;
using Rekey.Ledgers.Records;
using Rekey.Rotations.Outcomes;
using Rekey.Rotations.Steps;
using Rekey.Stopping;
using Rekey.Trust;
using Rekey.Trust.Lists;

namespace Rekey.Rotations;

/// <summary>
/// Takes one key's rotation as far as possible. It is saved before and after every step; called twice, late, or after a crash at any
/// line, it ends in the same state.
/// </summary>
public sealed class AdvanceRotation(
    RotationLeases leases,
    RotationQuestions questions,
    RotationSteps steps,
    GovernedKeys governedKeys,
    KillSwitch killSwitch,
    RotationOptions options,
    TrustOptions trust,
    TimeProvider timeProvider
)
{
    public async Task<RotationProgress?> AdvanceAsync(string keyId, CancellationToken cancellationToken)
    {
        // 1. Check that the key is governed, and that the kill switch is off.
        var key = governedKeys.Find(keyId);
        if (await killSwitch.IsStoppedAsync(cancellationToken))
        {
            return null;
        }

        // 2. Take the lease.
        if (await leases.TakeAsync(key.Key, cancellationToken) is not { } lease)
        {
            return null;
        }

        var answersDue = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        var due = lease.Value.NextStepAt;
        try
        {
            // 3. Retry a stuck rotation when its time has come.
            if (lease.Value.State is RotationState.Stuck && await MayGoOnAsync(lease.Value, cancellationToken))
            {
                lease.Set(r => r.TakeUpAgain() with { NextStepAt = timeProvider.GetUtcNow() });
            }

            // 4. Take step after step, until it must wait.
            await StepAsync(lease, key, answersDue, cancellationToken);
        }
        catch (RetryLaterException e)
        {
            await lease.SaveAsync(
                r => r with { NextStepAt = RotationPolicy.ComeAgain(r, options, timeProvider.GetUtcNow(), e.Delay) },
                cancellationToken
            );
        }
        catch (CannotContinueException e)
        {
            // A refusal that no step handles: report it to people, and let the timer retry.
            await steps.TakeAsync(new RotationMove.Stick(e.Reason), lease, key, cancellationToken);
        }

        // 5. Take back questions about steps that are done: an answer to them would have no effect.
        await questions.WithdrawTakenAsync(lease.Value, cancellationToken);

        // 6. Release the lease, to return when the first thing is due: a step, an answer, or at once a cause that came in meanwhile.
        await lease.ReleaseAsync(
            r =>
                r with
                {
                    NextStepAt = r
                        .Waiting.Select(w => (DateTimeOffset?)answersDue.GetValueOrDefault(w.Cause, timeProvider.GetUtcNow()))
                        .Append(r.NextStepAt)
                        .Min(),
                },
            cancellationToken
        );
        return new(lease.Value.State, lease.Value.NextStepAt, IsNew: lease.Value.NextStepAt != due);
    }

    private async Task StepAsync(
        Lease<Rotation> lease,
        BoundKey key,
        Dictionary<string, DateTimeOffset> answersDue,
        CancellationToken cancellationToken
    )
    {
        for (var begun = false; ; )
        {
            // Admit causes that came in meanwhile, and those decided.
            await AdmitAsync(lease, answersDue, cancellationToken);
            if (lease.Value.State is RotationState.Stuck)
            {
                return;
            }

            // A message may come too early: a vault that asked for a delay gets it.
            if (!begun && lease.Value.NextStepAt > timeProvider.GetUtcNow())
            {
                return;
            }

            begun = true;

            // Somebody may have stopped Rekey since the last step: the timer continues when it works again.
            if (await killSwitch.IsStoppedAsync(cancellationToken))
            {
                return;
            }

            switch (RotationPolicy.Next(lease.Value, options, trust, timeProvider.GetUtcNow()))
            {
                case RotationMove.Rest:
                    await lease.SaveAsync(r => r with { NextStepAt = null }, cancellationToken);
                    return;
                case RotationMove.Wait wait:
                    await lease.SaveAsync(r => r with { NextStepAt = wait.Until }, cancellationToken);
                    return;
                case var move when await steps.TakeAsync(move, lease, key, cancellationToken):
                    break;
                default:
                    return;
            }
        }
    }

    /// <summary>Whether a step is due. A rotation whose due time is lost is due; otherwise it would stay stuck for ever.</summary>
    private async Task<bool> MayGoOnAsync(Rotation stuck, CancellationToken cancellationToken) =>
        !(stuck.NextStepAt > timeProvider.GetUtcNow())
        || (
            stuck.DecisionId is { } id
            && await questions.FindAsync(id, timeProvider.GetUtcNow(), cancellationToken) is { Outcome: DecisionState.Approved }
        );

    private async Task AdmitAsync(Lease<Rotation> lease, Dictionary<string, DateTimeOffset> answersDue, CancellationToken cancellationToken)
    {
        foreach (var request in lease.Value.Waiting)
        {
            // The question is on record before the request that waits for it.
            var decision = request.DecisionId is null
                ? null
                : await questions.FindAsync(request.DecisionId, timeProvider.GetUtcNow(), cancellationToken);
            var state = decision?.Outcome ?? DecisionState.Approved;
            answersDue[request.Cause] = DueAt(decision);
            if (
                decision is not null
                && state is not (DecisionState.Declined or DecisionState.Lapsed)
                && (decision.WithdrawnBecause ?? await questions.CoveredAsync(lease.Value, request, cancellationToken)) is { } why
            )
            {
                // Nothing is left to do: the question is taken back before its request, so that a crash in between leaves none open.
                if (state is DecisionState.Pending)
                {
                    await questions.WithdrawAsync(decision, why, cancellationToken);
                }

                await lease.SaveAsync(r => r.Decline(request), cancellationToken, r => RotationEvents.Superseded(r, request, decision));
            }
            else if (state is DecisionState.Approved)
            {
                await lease.SaveAsync(
                    r => r.Admit(request, timeProvider.GetUtcNow()),
                    cancellationToken,
                    r => RotationEvents.Admitted(r, request, decision)
                );
            }
            else if (state is DecisionState.Declined or DecisionState.Lapsed)
            {
                await lease.SaveAsync(r => r.Decline(request), cancellationToken, r => RotationEvents.Declined(r, request, decision));
            }
        }
    }

    /// <summary>When to look at the answer again. While the person is back, there is no time at which silence decides.</summary>
    private DateTimeOffset DueAt(Decision? decision)
    {
        var now = timeProvider.GetUtcNow();
        return decision is null ? now
            : decision.IsHeld && decision.DueAt <= now ? now + options.StuckRetry
            : decision.DueAt;
    }
}
