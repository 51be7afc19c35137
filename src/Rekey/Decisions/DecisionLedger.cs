using System.Text.Json;
using Rekey.Core;
using Rekey.Ledgers;

namespace Rekey.Decisions;

/// <summary>
/// Records questions and answers in the ledger, which alone is authoritative: the first answer counts, and a row without a ledger line
/// counts for nothing (T9).
/// </summary>
public sealed class DecisionLedger(ILedger ledger, LedgerReader reader)
{
    private readonly LedgerFold<RecordedDecisions> _recorded = new(
        reader,
        "decisions",
        RecordedDecisions.None,
        (recorded, line) =>
            line.Entry.Kind switch
            {
                LedgerKinds.DecisionAsked => recorded.With(QuestionOf(line)),
                LedgerKinds.DecisionAnswered => recorded.With(AnswerOf(line)),
                LedgerKinds.DecisionExpired => recorded.WithExpired(line.Entry.Facts["decision"]),
                LedgerKinds.DecisionCarriedOut => recorded.WithCarriedOut(line.Entry.Facts["decision"]),
                _ => recorded,
            },
        version: 1,
        recorded => recorded.Save(),
        RecordedDecisions.Load
    );

    /// <summary>Reads all questions and answers up to now.</summary>
    public Task<RecordedDecisions> ReadAsync(CancellationToken cancellationToken) => _recorded.ReadAsync(cancellationToken);

    /// <summary>Reads a decision on record, without its words; null when it was never asked.</summary>
    public async Task<Decision?> FindAsync(string decisionId, CancellationToken cancellationToken) =>
        (await ReadAsync(cancellationToken)).Find(decisionId);

    /// <summary>Puts a question with the hash of its words on record; if it is there already, nothing changes.</summary>
    public async Task AskAsync(Decision decision, CancellationToken cancellationToken)
    {
        // The ledger remembers the ids of recent lines only.
        var recorded = await ReadAsync(cancellationToken);
        if (recorded.IsAsked(decision.Id, decision.PlanHash))
        {
            return;
        }

        await ledger.AppendAsync(
            new(
                recorded.IsAsked(decision.Id) ? $"decision-asked/{decision.Id}/{decision.PlanHash}" : $"decision-asked/{decision.Id}",
                LedgerKinds.DecisionAsked,
                decision.About,
                Facts.Of(
                    ("decision", decision.Id),
                    ("kind", decision.Kind),
                    ("planHash", decision.PlanHash),
                    ("onExpiry", decision.OnExpiry.ToString()),
                    ("expiresAt", decision.ExpiresAt.ToString("O")),
                    ("initiators", JsonSerializer.Serialize(decision.Initiators))
                )
            ),
            cancellationToken
        );
    }

    /// <summary>Puts an answer on record, and returns the first one on record.</summary>
    public async Task<RecordedAnswer> RecordAsync(
        Decision decision,
        bool approve,
        string by,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        if ((await ReadAsync(cancellationToken)).AnswerTo(decision.Id) is { } standing)
        {
            return standing;
        }

        return AnswerOf(
            await ledger.AppendAsync(
                new(
                    $"decision-answered/{decision.Id}/{decision.PlanHash}",
                    LedgerKinds.DecisionAnswered,
                    decision.About,
                    Facts.Of(
                        ("decision", decision.Id),
                        ("kind", decision.Kind),
                        ("answer", (approve ? DecisionState.Approved : DecisionState.Declined).ToString()),
                        ("by", by),
                        ("planHash", decision.PlanHash),
                        ("reasonHash", AskForDecision.ReasonHashOf(decision.Id, reason))
                    )
                ),
                cancellationToken
            )
        );
    }

    /// <summary>Puts on record that the decision expired without an answer: auditors ask for that.</summary>
    public Task RecordExpiredAsync(Decision decision, CancellationToken cancellationToken) =>
        ledger.AppendAsync(
            new(
                $"decision-expired/{decision.Id}",
                LedgerKinds.DecisionExpired,
                decision.About,
                Facts.Of(
                    ("decision", decision.Id),
                    ("kind", decision.Kind),
                    ("planHash", decision.PlanHash),
                    ("expiresAt", decision.ExpiresAt.ToString("O")),
                    ("outcome", decision.OnExpiry is OnExpiry.CarryOut ? "carried-out" : "lapsed")
                )
            ),
            cancellationToken
        );

    /// <summary>Puts on record that an approved decision was carried out.</summary>
    public Task RecordCarriedOutAsync(Decision decision, CancellationToken cancellationToken) =>
        ledger.AppendAsync(
            new(
                $"decision-carried-out/{decision.Id}",
                LedgerKinds.DecisionCarriedOut,
                decision.About,
                Facts.Of(("decision", decision.Id), ("kind", decision.Kind))
            ),
            cancellationToken
        );

    private static RecordedQuestion QuestionOf(LedgerLine line)
    {
        var facts = line.Entry.Facts;
        return new(
            facts["decision"],
            facts["kind"],
            line.Entry.About,
            [facts["planHash"]],
            line.At,
            DateTimeOffset.Parse(facts["expiresAt"]),
            Enum.Parse<OnExpiry>(facts["onExpiry"]),
            JsonSerializer.Deserialize<string[]>(facts["initiators"])!
        );
    }

    private static RecordedAnswer AnswerOf(LedgerLine line)
    {
        var facts = line.Entry.Facts;
        return new(
            facts["decision"],
            Enum.Parse<DecisionState>(facts["answer"]),
            facts["by"],
            facts["planHash"],
            facts["reasonHash"],
            line.At
        );
    }
}
