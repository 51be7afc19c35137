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
