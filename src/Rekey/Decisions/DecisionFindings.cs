using Rekey.Core;
using Rekey.Findings;

namespace Rekey.Decisions;

/// <summary>What people have to know about decisions themselves.</summary>
internal static class DecisionFindings
{
    /// <summary>It was decided, and nothing here can carry it out.</summary>
    public static Finding UnknownKind(Decision decision, DateTimeOffset now) =>
        new(
            FindingKinds.DecisionKindUnknown,
            decision.Id,
            Severity.High,
            $"Nothing carries out decisions of the kind '{decision.Kind}' here: nothing was done about {decision.About}.",
            "Run the release, with the settings, under which it was asked: a later release knows more kinds, and what is "
                + "switched off asks and does nothing.",
            Facts.Of(("decision", decision.Id), ("kind", decision.Kind), ("about", decision.About)),
            now,
            now
        );

    /// <summary>A row says more than the ledger: that it was asked at all, or in these words, or how it was answered.</summary>
    public static Finding NotOnRecord(Decision row, bool isAsked, DateTimeOffset now) =>
        new(
            FindingKinds.AnswerNotOnRecord,
            row.Id,
            Severity.Critical,
            isAsked
                ? $"The row of decision {row.Id} says an answer or words that the ledger does not have."
                : $"A row, {row.Id}, asks for a decision of which the ledger knows nothing.",
            "Nothing came of it, and nobody is shown it. Somebody wrote into the table of decisions who should not: see "
                + "who can write there. The question itself, if there is one, still waits for an answer.",
            Facts.Of(("decision", row.Id), ("claims", row.State.ToString()), ("answeredBy", row.AnsweredBy ?? "")),
            now,
            now
        );
}
