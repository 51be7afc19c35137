using Rekey.Decisions;
using Rekey.Ledgers;
using Rekey.Trust;

namespace Rekey.Rotations;

/// <summary>How far a rotation came.</summary>
/// <param name="NextStepAt">When to come again; null when nothing is left to do.</param>
/// <param name="IsNew">False when it was not due and nothing had been decided: whoever said that time comes again then, and nobody else need.</param>
public sealed record RotationProgress(RotationState State, DateTimeOffset? NextStepAt, bool IsNew);

/// <summary>
/// Takes one key's rotation as far as it can go now. It is saved before and after every step; called twice, late, or after a crash at
/// any line, it ends in the same state.
/// </summary>
public sealed class AdvanceRotation(ILedgerRecords<Rotation> rotations, DecisionLedger decisions, RotationHints hints, RotationSteps steps, Estate estate,
    Switchboard switchboard, RotationOptions options, TrustOptions trust, TimeProvider clock)
{
    public async Task<RotationProgress?> AdvanceAsync(string keyId, CancellationToken cancel)
    {
        // 1. A key of ours, and nobody has pulled the plug.
        var key = estate.Find(keyId);
        if (switchboard.Stopped)
        {
            return null;
        }

        // 2. Alone with it.
        if (await RotationLease.TakeAsync(rotations, hints, options, clock, key.Key.Row, cancel) is not { } lease)
        {
            return null;
        }

        var answersDue = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        var due = lease.Rotation.NextStepAt;
        try
        {
            // 3. A stuck one is taken up again when its time has come.
            if (lease.Rotation.State is RotationState.Stuck && await MayGoOnAsync(lease.Rotation, cancel))
            {
                lease.Set(r => r.TakeUpAgain() with { NextStepAt = clock.GetUtcNow() });
            }

            // 4. Step after step, until something must be waited for.
            await StepAsync(lease, key, answersDue, cancel);
        }
        catch (RetryLaterException e)
        {
            await lease.SaveAsync(r => r with { NextStepAt = RotationPolicy.ComeAgain(r, options, clock.GetUtcNow(), e.Delay) }, cancel);
        }
        catch (CannotContinueException e)
        {
            // A refusal that the step had no answer to: people see it, and the timer takes it up again.
            await steps.TakeAsync(new RotationMove.Stick(e.Reason), lease, key, cancel);
        }

        // 5. Let go of it, to be taken up again when the first thing is due: a step, an answer, or at once what came in meanwhile.
        await lease.ReleaseAsync(r => r with { NextStepAt = r.Waiting.Select(w => (DateTimeOffset?)answersDue.GetValueOrDefault(w.Cause, clock.GetUtcNow())).Append(r.NextStepAt).Min() }, cancel);
        return new(lease.Rotation.State, lease.Rotation.NextStepAt, IsNew: lease.Rotation.NextStepAt != due);
    }

    private async Task StepAsync(RotationLease lease, BoundKey key, Dictionary<string, DateTimeOffset> answersDue, CancellationToken cancel)
    {
        for (var begun = false; ;)
        {
            // What came in meanwhile, and what has been decided.
            await AdmitAsync(lease, answersDue, cancel);
            if (lease.Rotation.State is RotationState.Stuck)
            {
                return;
            }

            // A message that comes too early: a vault that asked to be left alone is left alone.
            if (!begun && lease.Rotation.NextStepAt > clock.GetUtcNow())
            {
                return;
            }

            begun = true;

            switch (RotationPolicy.Next(lease.Rotation, options, trust, clock.GetUtcNow()))
            {
                case RotationMove.Rest:
                    await lease.SaveAsync(r => r with { NextStepAt = null }, cancel);
                    return;
                case RotationMove.Wait wait:
                    await lease.SaveAsync(r => r with { NextStepAt = wait.Until }, cancel);
                    return;
                case var move when await steps.TakeAsync(move, lease, key, cancel):
                    break;
                default:
                    return;
            }
        }
    }

    /// <summary>One whose due time is lost is due, or it would stay stuck for ever.</summary>
    private async Task<bool> MayGoOnAsync(Rotation stuck, CancellationToken cancel) => !(stuck.NextStepAt > clock.GetUtcNow())
        || (stuck.DecisionId is { } id && await decisions.FindAsync(id, cancel) is { } decision && decision.StateAt(clock.GetUtcNow()) is DecisionState.Approved);

    private async Task AdmitAsync(RotationLease lease, Dictionary<string, DateTimeOffset> answersDue, CancellationToken cancel)
    {
        foreach (var request in lease.Rotation.Waiting)
        {
            // The question is on record before the request that waits for it.
            var decision = request.DecisionId is null ? null : await decisions.FindAsync(request.DecisionId, cancel);
            var state = decision?.StateAt(clock.GetUtcNow()) ?? DecisionState.Approved;
            answersDue[request.Cause] = decision?.ExpiresAt ?? clock.GetUtcNow();
            if (state is DecisionState.Approved)
            {
                await lease.SaveAsync(r => r.Admit(request, clock.GetUtcNow()), cancel, r => RotationEvents.Admitted(r, request));
            }
            else if (state is DecisionState.Declined or DecisionState.Lapsed)
            {
                await lease.SaveAsync(r => r.Decline(request), cancel, r => RotationEvents.Declined(r, request));
            }
        }
    }
}
