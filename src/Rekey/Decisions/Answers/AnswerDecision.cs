using Rekey.Core.Records;

namespace Rekey.Decisions.Answers;

/// <summary>Takes an answer to a pending decision.</summary>
public sealed class AnswerDecision(
    IRecords<Decision> decisions,
    IActorStanding standing,
    DecisionLedger onRecord,
    TimeProvider timeProvider
)
{
    public async Task<AnswerOutcome> AnswerAsync(ApproverAnswer answer, CancellationToken cancellationToken)
    {
        // 1. Read the question and the answer on record: a worker may have crashed between writing the ledger and the row.
        var read = await decisions.FindAsync("decision", answer.DecisionId, cancellationToken);
        var recorded = await onRecord.ReadAsync(cancellationToken);
        if (recorded.Of(answer.DecisionId, read?.Value) is not { } decision)
        {
            return new(Decision: null, AnswerRefusal.NotFound);
        }

        // 2. Check that the person may answer, and that they answer this plan. If its words were altered or deleted, it gets no answer.
        var isThis =
            read is not null
            && recorded.HasWordsOf(read.Value)
            && string.Equals(decision.PlanHash, answer.PlanHash, StringComparison.Ordinal);
        if (
            (isThis ? await RefusalAsync(decision, answer, timeProvider.GetUtcNow(), cancellationToken) : AnswerRefusal.PlanChanged) is
            { } refusal
        )
        {
            return new(decision, refusal);
        }

        // 3. Put the answer on record: the first one counts. The same answer by the same person is a repeated request. A person who was
        // reported as leaving needs a second one.
        var needsSecond = await standing.IsReportedAsync(answer.Answerer, cancellationToken);
        var (first, decides) = await onRecord.RecordAsync(decision, answer, needsSecond, cancellationToken);
        if (first is null)
        {
            // Something decided it between the check and the answer.
            return new(decision, await LateAsync(decision, cancellationToken));
        }

        var answered = first.To(decision, answer.Reason);
        if (!IsSame(answered, answer))
        {
            return new(answered, AnswerRefusal.AlreadyAnswered);
        }

        if (!decides)
        {
            return new(decision with { FirstAnsweredBy = first.By }, Refusal: null);
        }

        // 4. Copy it into the row, for readers. After a crash here the timer does it; in a lost race the other worker wrote the same.
        if (read!.Value.State != answered.State || read.Value.AnsweredBy != answered.AnsweredBy)
        {
            await decisions.ReplaceAsync(read, answered, cancellationToken);
        }

        return new(answered, Refusal: null);
    }

    private async Task<AnswerRefusal?> RefusalAsync(
        Decision decision,
        ApproverAnswer answer,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (await standing.IsDepartedAsync(answer.Answerer, cancellationToken))
        {
            return AnswerRefusal.ActorIsLeaving;
        }

        if (decision.State is DecisionState.Withdrawn)
        {
            return AnswerRefusal.Withdrawn;
        }

        if (decision.State is not DecisionState.Pending)
        {
            return IsSame(decision, answer) ? null : AnswerRefusal.AlreadyAnswered;
        }

        if (decision.StateAt(now) is not DecisionState.Pending)
        {
            return AnswerRefusal.Expired;
        }

        if (decision.Initiators.Contains(answer.Answerer, StringComparer.OrdinalIgnoreCase))
        {
            return AnswerRefusal.InitiatorMayNotApprove;
        }

        if (decision.Kind is DecisionKinds.Start && answer.Approve)
        {
            // A person who leaves must not be one of the two who start Rekey: the stop may be about them.
            foreach (var person in decision.Initiators.Append(answer.Answerer))
            {
                if (await standing.HasOpenDepartureAsync(person, cancellationToken))
                {
                    return AnswerRefusal.DepartureIsOpen;
                }
            }
        }

        return null;
    }

    private async Task<AnswerRefusal> LateAsync(Decision decision, CancellationToken cancellationToken) =>
        (await onRecord.FindAsync(decision.Id, cancellationToken))?.State is DecisionState.Withdrawn
            ? AnswerRefusal.Withdrawn
            : AnswerRefusal.Expired;

    private static bool IsSame(Decision decision, ApproverAnswer answer) =>
        string.Equals(decision.AnsweredBy, answer.Answerer, StringComparison.OrdinalIgnoreCase)
        && decision.State is DecisionState.Approved == answer.Approve;
}
