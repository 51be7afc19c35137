using Rekey.Core;
using Rekey.Findings;

namespace Rekey.Decisions;

/// <summary>Builds the findings about decisions.</summary>
internal static class DecisionFindings
{
    /// <summary>A decision was answered, and this release has no handler for its kind.</summary>
    public static Finding UnknownKind(Decision decision, DateTimeOffset now) =>
        new(
            FindingKinds.DecisionKindUnknown,
            decision.Id,
            Severity.High,
            $"This app has no handler for decisions of the kind '{decision.Kind}': nothing was done about {decision.About}.",
            "Run the release and the settings under which the question was asked: a later release knows more kinds, and a feature "
                + "that is switched off has no handler.",
            Facts.Of(("decision", decision.Id), ("kind", decision.Kind), ("about", decision.About)),
            now,
            now
        );

    /// <summary>A question waits for an answer.</summary>
    public static Finding Waiting(Decision question, DateTimeOffset now)
    {
        var stage = QuestionStages.Of(question, now);
        var what = $"{DecisionKinds.WordsOf(question.Kind)} ({question.About})";
        var silence = question.OnExpiry is OnExpiry.CarryOut ? "Rekey does it then" : "nothing is done";
        return new(
            FindingKinds.DecisionWaiting,
            question.Id,
            Severity.High,
            stage switch
            {
                QuestionStages.Held => $"A question waits for an answer: {what}? The person whose departure it is about is back. Without "
                    + "an answer nothing is done, and the question stays open.",
                QuestionStages.Over => $"The time to answer a question ended at {question.DueAt:u}: {what}? Nobody answered, and Rekey has "
                    + "not acted on that yet.",
                _ => $"A question waits for an answer until {question.DueAt:u}: {what}? Without an answer {silence}.",
            },
            stage is QuestionStages.Over
                ? "No answer is taken any more. See whether Rekey is stopped: `rekey status`."
                : $"Read what a yes and a no do: `rekey decisions show {question.Id}`. Then run `rekey decisions approve {question.Id}` or "
                    + $"`rekey decisions decline {question.Id}`.",
            Facts.Of(
                ("decision", question.Id),
                ("question", question.Kind),
                ("about", question.About),
                ("until", stage is QuestionStages.Held ? "" : question.DueAt.ToString("O")),
                ("withoutAnswer", stage is QuestionStages.Held ? "stays open" : silence)
            ),
            question.AskedAt,
            now
        )
        {
            Milestone = stage,
            AlertsAtMilestones = true,
        };
    }

    /// <summary>Many questions of one kind wait at the same time.</summary>
    /// <param name="questions">Those without a finding of their own; at least one.</param>
    public static Finding ManyWaiting(string kind, IReadOnlyList<Decision> questions, DateTimeOffset now)
    {
        var first = questions.Where(q => !q.IsHeld).MinBy(q => q.DueAt) ?? questions[0];
        var stage = QuestionStages.Of(first, now);
        var power = 1 << (int)Math.Log2(questions.Count);
        return new(
            FindingKinds.DecisionWaiting,
            kind,
            Severity.High,
            $"At least {power} more questions wait for an answer: {DecisionKinds.WordsOf(kind)}? "
                + (first.IsHeld ? "Without answers they stay open." : $"The first must be answered until {first.DueAt:u}."),
            "Run `rekey decisions list`, and answer each with `rekey decisions approve <id>` or `rekey decisions decline <id>`.",
            Facts.Of(
                ("question", kind),
                ("waiting", $"{power} or more"),
                ("until", first.IsHeld ? "" : first.DueAt.ToString("O")),
                ("first", first.Id)
            ),
            questions.Min(q => q.AskedAt),
            now
        )
        {
            Milestone = $"{power}/{stage}",
            AlertsAtMilestones = true,
        };
    }

    /// <summary>A row claims more than the ledger: that a question was asked, or its words, or its answer.</summary>
    public static Finding NotOnRecord(Decision row, bool isAsked, DateTimeOffset now) =>
        new(
            FindingKinds.AnswerNotOnRecord,
            row.Id,
            Severity.Critical,
            isAsked
                ? $"The row of decision {row.Id} has an answer or words that the ledger does not have."
                : $"The row {row.Id} asks for a decision that the ledger does not have.",
            "Rekey ignored the row and shows it to no approver. It was not written by Rekey: check who can write to the table of "
                + "decisions. The question itself, if there is one, still waits for an answer.",
            Facts.Of(("decision", row.Id), ("claims", row.State.ToString()), ("answeredBy", row.AnsweredBy ?? "")),
            now,
            now
        );
}
