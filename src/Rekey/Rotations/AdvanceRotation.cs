using Rekey.Decisions;
using Rekey.Findings;
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
public sealed class AdvanceRotation(IRecords<Rotation> rotations, IRecords<Decision> decisions, DecisionLedger onRecord, PlannedRotations planned, RotationSteps steps, Estate estate,
    ILedger ledger, IFindings findings, Switchboard switchboard, RotationOptions options, TrustOptions trust, TimeProvider clock)
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
        if (await RotationLease.TakeAsync(rotations, options, clock, key.Key.Row, cancel) is not { } lease)
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
                await lease.SaveAsync(r => r.TakeUpAgain() with { NextStepAt = clock.GetUtcNow() }, cancel);
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

    private async Task<bool> MayGoOnAsync(Rotation stuck, CancellationToken cancel) => stuck.NextStepAt <= clock.GetUtcNow()
        || (stuck.DecisionId is { } id && await FindDecisionAsync(id, cancel) is { } decision && decision.StateAt(clock.GetUtcNow()) is DecisionState.Approved);

    private Task<Decision?> FindDecisionAsync(string decisionId, CancellationToken cancel) => onRecord.FindAsync(decisions, decisionId, cancel);

    private async Task AdmitAsync(RotationLease lease, Dictionary<string, DateTimeOffset> answersDue, CancellationToken cancel)
    {
        foreach (var request in lease.Rotation.Waiting)
        {
            if (!await planned.HasAsync(lease.Rotation.Key.Id, request, cancel))
            {
                // Nobody planned this, or not so. Whoever did plan it finds that it is unknown, and plans it again.
                await findings.RaiseAsync(RotationFindings.NotPlanned(lease.Rotation, request, clock.GetUtcNow()), cancel);
                await lease.SaveAsync(r => r.Forget(request), cancel);
                continue;
            }

            var decision = request.DecisionId is null ? null : await FindDecisionAsync(request.DecisionId, cancel);
            if (request.DecisionId is not null && decision is null)
            {
                // The question is gone, so nobody can answer it. Whoever planned this finds that it is unknown, and asks again.
                await lease.SaveAsync(r => r.Forget(request), cancel);
                continue;
            }

            var state = decision?.StateAt(clock.GetUtcNow()) ?? DecisionState.Approved;
            answersDue[request.Cause] = decision?.ExpiresAt ?? clock.GetUtcNow();
            if (state is DecisionState.Approved)
            {
                await AdmitAsync(lease, request, cancel);
            }
            else if (state is DecisionState.Declined or DecisionState.Lapsed)
            {
                await RecordAsync(LedgerKinds.RotationDeclined, lease.Rotation, request, cancel);
                await lease.SaveAsync(r => r.Decline(request), cancel);
            }
        }
    }

    private async Task AdmitAsync(RotationLease lease, RotationRequest request, CancellationToken cancel)
    {
        if (lease.Rotation is { IsRunning: false, Causes.Count: > 0 } finished)
        {
            // The finished one goes to the history before the next takes its row.
            await rotations.InsertAsync(finished with { IsArchived = true, Waiting = [], PastCauses = [], LeaseOwner = null, LeaseUntil = null }, cancel);
        }

        if (lease.Rotation.IsRunning)
        {
            await RecordAsync(LedgerKinds.RotationWidened, lease.Rotation, request, cancel);
        }

        await lease.SaveAsync(r => r.Admit(request, clock.GetUtcNow()), cancel);
    }

    private Task RecordAsync(string kind, Rotation rotation, RotationRequest request, CancellationToken cancel) =>
        ledger.AppendAsync(new($"{kind}/{rotation.Id}/{request.Cause}", kind, rotation.Key.Id, new Dictionary<string, string>(PlannedRotations.FactsOf(request), StringComparer.Ordinal) { ["rotation"] = rotation.Id }), cancel);
}
