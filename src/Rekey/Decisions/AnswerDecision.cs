using Rekey.Ledgers;

namespace Rekey.Decisions;

/// <summary>Whether somebody may act at all: a person who is leaving may not.</summary>
public interface IActorStanding
{
    /// <summary>True when the person has an open departure.</summary>
    Task<bool> IsDepartedAsync(string personId, CancellationToken cancel);
}

/// <summary>An approver's answer.</summary>
/// <param name="PlanHash">Repeats what was read, so that nobody approves what has changed since.</param>
/// <param name="Answerer">Object id from the caller's validated token.</param>
public sealed record DecisionAnswer(string DecisionId, bool Approve, string PlanHash, string Answerer, string? Reason);

/// <summary>Why an answer was not taken.</summary>
public enum AnswerRefusal
{
    NotFound,
    PlanChanged,
    AlreadyAnswered,
    Expired,
    InitiatorMayNotApprove,
    ActorIsLeaving,
}

/// <summary>The outcome: the decision as it stands now, and the refusal if there was one.</summary>
public sealed record AnswerOutcome(Decision? Decision, AnswerRefusal? Refusal);

/// <summary>Takes an answer to a pending decision.</summary>
public sealed class AnswerDecision(IRecords<Decision> decisions, IActorStanding standing, ILedger ledger, TimeProvider clock)
{
    public async Task<AnswerOutcome> AnswerAsync(DecisionAnswer answer, CancellationToken cancel)
    {
        // 1. Read what is asked.
        if (await decisions.FindAsync("decision", answer.DecisionId, cancel) is not { } read)
        {
            return new(Decision: null, AnswerRefusal.NotFound);
        }

        // 2. Is this somebody who may answer, and is it this that they answer?
        var decision = read.Value;
        var now = clock.GetUtcNow();
        if (await RefusalAsync(decision, answer, now, cancel) is { } refusal)
        {
            return new(decision, refusal);
        }

        if (decision.State is not DecisionState.Pending)
        {
            // The same answer by the same person again: a repeated request, not a second answer.
            return new(decision, Refusal: null);
        }

        // 3. Save it under its ETag: the first answer counts.
        var answered = decision with
        {
            State = answer.Approve ? DecisionState.Approved : DecisionState.Declined,
            AnsweredBy = answer.Answerer,
            AnsweredAt = now,
            Reason = answer.Reason,
        };
        if (await decisions.ReplaceAsync(read, answered, cancel) is null)
        {
            return await AnswerAsync(answer, cancel);
        }

        // 4. On record.
        await RecordAsync(answered, cancel);
        return new(answered, Refusal: null);
    }

    private async Task<AnswerRefusal?> RefusalAsync(Decision decision, DecisionAnswer answer, DateTimeOffset now, CancellationToken cancel)
    {
        // Whoever altered the words in the row made another question of it.
        if (!string.Equals(decision.PlanHash, answer.PlanHash, StringComparison.Ordinal) || !string.Equals(decision.PlanHash, AskForDecision.HashOf(decision.Id, decision.Statement), StringComparison.Ordinal))
        {
            return AnswerRefusal.PlanChanged;
        }

        if (await standing.IsDepartedAsync(answer.Answerer, cancel))
        {
            return AnswerRefusal.ActorIsLeaving;
        }

        if (decision.State is not DecisionState.Pending)
        {
            var same = string.Equals(decision.AnsweredBy, answer.Answerer, StringComparison.OrdinalIgnoreCase)
                && decision.State is DecisionState.Approved == answer.Approve;
            if (same)
            {
                await RecordAsync(decision, cancel);
            }

            return same ? null : AnswerRefusal.AlreadyAnswered;
        }

        return now >= decision.ExpiresAt ? AnswerRefusal.Expired
            : decision.Initiators.Contains(answer.Answerer, StringComparer.OrdinalIgnoreCase) ? AnswerRefusal.InitiatorMayNotApprove
            : null;
    }

    private async Task RecordAsync(Decision decision, CancellationToken cancel) =>
        await ledger.AppendAsync(new($"decision-answered/{decision.Id}", LedgerKinds.DecisionAnswered, decision.About, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["decision"] = decision.Id,
            ["kind"] = decision.Kind,
            ["answer"] = decision.State.ToString(),
            ["by"] = decision.AnsweredBy ?? "",
            ["planHash"] = decision.PlanHash,
        }), cancel);
}
