using System.Globalization;
using System.Text.Json;
using Rekey.Core;
using Rekey.Decisions.Answers;
using Rekey.Decisions.Record;
using Rekey.Ledgers;
using Rekey.Ledgers.Snapshots;

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
                LedgerKinds.DecisionNeedsSecond => recorded.WithFirst(AnswerOf(line)),
                LedgerKinds.DecisionExpired => recorded.WithExpired(line.Entry.Facts["decision"]),
                LedgerKinds.DecisionCarriedOut => recorded.WithCarriedOut(line.Entry.Facts["decision"]),
                LedgerKinds.DecisionWithdrawn => recorded.WithWithdrawn(
                    line.Entry.Facts["decision"],
                    new(line.At, line.Entry.Facts["why"])
                ),
                LedgerKinds.PersonEnabledAgain => recorded.WithBack(line.Entry.About, EpochOf(line)),
                LedgerKinds.DepartureNoticed or LedgerKinds.DepartureSourceAdded when line.Entry.Facts["confirmed"] == "yes" =>
                    recorded.WithGone(line.Entry.Facts["person"], EpochOf(line), line.At),
                _ => recorded,
            },
        version: 3,
        (recorded, to) => recorded.Save().WriteTo(to),
        SavedView.ByTree(RecordedDecisions.Load)
    );

    /// <summary>Reads all questions and answers up to now.</summary>
    public Task<RecordedDecisions> ReadAsync(CancellationToken cancellationToken) => _recorded.ReadAsync(cancellationToken);

    /// <summary>Reads a decision on record, without its words; null when it was never asked.</summary>
    public async Task<Decision?> FindAsync(string decisionId, CancellationToken cancellationToken) =>
        (await ReadAsync(cancellationToken)).Find(decisionId);

    /// <summary>Reads a decision on record, like <see cref="ExpireAsync"/>; null when it was never asked.</summary>
    public async Task<Decision?> FindAsync(string decisionId, DateTimeOffset now, CancellationToken cancellationToken) =>
        await FindAsync(decisionId, cancellationToken) is { } decision ? await ExpireAsync(decision, now, cancellationToken) : null;

    /// <summary>
    /// Puts the expiry on record if it is due, and returns the decision on record. No instance acts on an expiry before that.
    /// </summary>
    public Task<Decision> ExpireAsync(Decision decision, DateTimeOffset now, CancellationToken cancellationToken) =>
        decision.Outcome is DecisionState.Pending && decision.IsDue(now)
            ? RecordExpiredAsync(decision, cancellationToken)
            : Task.FromResult(decision);

    /// <summary>Puts a question with the hash of its words on record; if it is there already, nothing changes. Returns whether it is
    /// new.</summary>
    /// <param name="whileGone">Silence carries it out only while this person is gone; null for always.</param>
    public async Task<bool> AskAsync(Decision decision, string? whileGone, CancellationToken cancellationToken)
    {
        // The ledger remembers the ids of recent lines only.
        var recorded = await ReadAsync(cancellationToken);
        if (recorded.IsAsked(decision.Id, decision.PlanHash))
        {
            return false;
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
                    ("initiators", JsonSerializer.Serialize(decision.Initiators)),
                    ("whileGone", whileGone ?? "")
                )
            ),
            cancellationToken
        );
        return !recorded.IsAsked(decision.Id);
    }

    /// <summary>
    /// Puts an answer on record. Returns the first one on record, and whether it decides; null when it came too late, or not to the words
    /// of this question.
    /// </summary>
    /// <param name="needsSecond">Whether it decides only with the same answer by a second person.</param>
    public async Task<(RecordedAnswer? First, bool Decides)> RecordAsync(
        Decision decision,
        ApproverAnswer answer,
        bool needsSecond,
        CancellationToken cancellationToken
    )
    {
        if ((await ReadAsync(cancellationToken)).AnswerTo(decision.Id) is { } standing)
        {
            return (standing, true);
        }

        if (needsSecond)
        {
            var first = await AppendAsync(
                LedgerKinds.DecisionNeedsSecond,
                $"/{answer.Answerer.ToLowerInvariant()}",
                decision,
                answer,
                cancellationToken
            );
            var recorded = await ReadAsync(cancellationToken);
            if (recorded.SecondTo(first) is null)
            {
                return (recorded.HasFirst(first) ? first : null, false);
            }
        }

        // Another instance may have recorded the expiry or a withdrawal before this line.
        await AppendAsync(LedgerKinds.DecisionAnswered, "", decision, answer, cancellationToken);
        return ((await ReadAsync(cancellationToken)).AnswerTo(decision.Id), true);
    }

    private async Task<RecordedAnswer> AppendAsync(
        string kind,
        string person,
        Decision decision,
        ApproverAnswer answer,
        CancellationToken cancellationToken
    ) =>
        AnswerOf(
            await ledger.AppendAsync(
                new(
                    $"{kind}/{decision.Id}/{decision.PlanHash}{person}",
                    kind,
                    decision.About,
                    Facts.Of(
                        ("decision", decision.Id),
                        ("kind", decision.Kind),
                        ("answer", (answer.Approve ? DecisionState.Approved : DecisionState.Declined).ToString()),
                        ("by", answer.Answerer),
                        ("planHash", decision.PlanHash),
                        ("reasonHash", AskForDecision.ReasonHashOf(decision.Id, answer.Reason))
                    )
                ),
                cancellationToken
            )
        );

    /// <summary>
    /// Puts on record that the decision expired without an answer. Returns the decision on record: an answer that came before counts.
    /// </summary>
    private async Task<Decision> RecordExpiredAsync(Decision decision, CancellationToken cancellationToken)
    {
        // A line that came while the person was back is void: the next one needs an id of its own.
        var again = decision.GoneAgainAt is { } gone ? $"/{gone.ToUnixTimeMilliseconds()}" : "";
        await ledger.AppendAsync(
            new(
                $"decision-expired/{decision.Id}{again}",
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
        return (await ReadAsync(cancellationToken)).Of(decision.Id, decision)!;
    }

    /// <summary>Takes an open question back, because nothing is left to decide. An answer that was given before counts.</summary>
    public Task WithdrawAsync(Decision decision, string why, CancellationToken cancellationToken) =>
        ledger.AppendAsync(
            new(
                $"decision-withdrawn/{decision.Id}",
                LedgerKinds.DecisionWithdrawn,
                decision.About,
                Facts.Of(("decision", decision.Id), ("kind", decision.Kind), ("planHash", decision.PlanHash), ("why", why))
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

    private static int EpochOf(LedgerLine line) => int.Parse(line.Entry.Facts["epoch"], CultureInfo.InvariantCulture);

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
            JsonSerializer.Deserialize<string[]>(facts["initiators"])!,
            facts.GetValueOrDefault("whileGone") is { Length: > 0 } person ? person : null
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
