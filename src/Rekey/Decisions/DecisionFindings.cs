using Rekey.Findings;

namespace Rekey.Decisions;

/// <summary>What people have to know about decisions themselves.</summary>
public static class DecisionFindings
{
    /// <summary>A row says more than the ledger: that it was asked at all, or in these words, or how it was answered.</summary>
    public static Finding NotOnRecord(Decision row, bool isAsked, DateTimeOffset now) => new(
        FindingKinds.AnswerNotOnRecord, row.Id, Severity.Critical,
        isAsked ? $"The row of decision {row.Id} says an answer or words that the ledger does not have." : $"A row, {row.Id}, asks for a decision of which the ledger knows nothing.",
        "Nothing came of it, and nobody is shown it. Somebody wrote into the table of decisions who should not: see who can write there. The question itself, if there is one, still waits for an answer.",
        Facts.Of(("decision", row.Id), ("claims", row.State.ToString()), ("answeredBy", row.AnsweredBy ?? "")), now, now);
}
