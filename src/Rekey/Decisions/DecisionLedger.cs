using System.Collections.Immutable;
using System.Text.Json;
using Rekey.Ledgers;

namespace Rekey.Decisions;

/// <summary>A question as the ledger has it.</summary>
/// <param name="Initiators">Null in lines of earlier releases, which did not say it.</param>
public sealed record RecordedQuestion(string DecisionId, DateTimeOffset ExpiresAt, OnExpiry OnExpiry, IReadOnlyList<string>? Initiators)
{
    /// <summary>The decision as it was asked.</summary>
    public Decision To(Decision row) => row with { ExpiresAt = ExpiresAt, OnExpiry = OnExpiry, Initiators = Initiators ?? row.Initiators };
}

/// <summary>An answer as the ledger has it.</summary>
/// <param name="PlanHash">What was answered: an answer to other words is none.</param>
public sealed record RecordedAnswer(string DecisionId, DecisionState State, string By, string PlanHash, DateTimeOffset At)
{
    /// <summary>The decision with this answer in it.</summary>
    public Decision To(Decision decision, string? reason = null) => decision with { State = State, AnsweredBy = By, AnsweredAt = At, Reason = reason };
}

/// <summary>
/// What was asked and answered. Questions by their id; answers by what was answered: one that was got out of somebody with other words is no answer to the question, and does not stand in its way.
/// </summary>
public sealed class RecordedDecisions(IReadOnlyDictionary<string, RecordedQuestion> questions, IReadOnlyDictionary<(string DecisionId, string PlanHash), RecordedAnswer> answers)
{
    /// <summary>Whether anybody asked this. A row that nobody asked was planted: an answer to it would be there before the question, got from whoever may not give it.</summary>
    public bool IsAsked(string decisionId) => questions.ContainsKey(decisionId);

    /// <summary>The answer to exactly this; null when there is none.</summary>
    public RecordedAnswer? Find(Decision decision) => answers.GetValueOrDefault((decision.Id, decision.PlanHash));

    /// <summary>
    /// The decision as the ledger has it, whatever its row says: whoever plants a no in it would keep a stolen key alive, and whoever takes a name out of its initiators, or time, would decide
    /// for themselves.
    /// </summary>
    public Decision Of(Decision row)
    {
        var asked = questions.TryGetValue(row.Id, out var question) ? question.To(row) : row with { OnExpiry = OnExpiry.Lapse };
        return Find(row) is { } answer ? answer.To(asked, row.AnsweredBy == answer.By ? row.Reason : null)
            : row.State is DecisionState.Pending ? asked
            : asked with { State = DecisionState.Pending, AnsweredBy = null, AnsweredAt = null, Reason = null };
    }
}

/// <summary>Questions and answers as they stand in the ledger. There they come to be: the first answer to a question counts, and what a row says without it counts for nothing (T9).</summary>
public sealed class DecisionLedger(ILedger ledger) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ImmutableDictionary<string, RecordedQuestion> _questions = ImmutableDictionary<string, RecordedQuestion>.Empty;
    private ImmutableDictionary<(string DecisionId, string PlanHash), RecordedAnswer> _answers = ImmutableDictionary<(string, string), RecordedAnswer>.Empty;
    private long _read;

    /// <summary>Everything that was asked and answered up to now.</summary>
    public async Task<RecordedDecisions> ReadAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            var (questions, answers, number) = (_questions.ToBuilder(), _answers.ToBuilder(), _read);
            await foreach (var line in ledger.ReadAsync(_read, cancel))
            {
                number = line.Number;
                if (line.Entry.Kind is LedgerKinds.DecisionAsked && QuestionOf(line) is var question && !questions.ContainsKey(question.DecisionId))
                {
                    questions.Add(question.DecisionId, question);
                }
                else if (line.Entry.Kind is LedgerKinds.DecisionAnswered && AnswerOf(line) is var answer && !answers.ContainsKey((answer.DecisionId, answer.PlanHash)))
                {
                    answers.Add((answer.DecisionId, answer.PlanHash), answer);
                }
            }

            (_questions, _answers, _read) = (questions.ToImmutable(), answers.ToImmutable(), number);
            return new(_questions, _answers);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The decision as the ledger has it, whatever its row says.</summary>
    public async Task<Decision> OfAsync(Decision row, CancellationToken cancel) => (await ReadAsync(cancel)).Of(row);

    /// <summary>Whether this very decision was approved by somebody. Silence is no answer.</summary>
    public async Task<bool> IsApprovedAsync(Decision decision, CancellationToken cancel) =>
        (await ReadAsync(cancel)).Find(decision) is { State: DecisionState.Approved };

    /// <summary>Puts a question on record; one that stands there is asked already.</summary>
    public async Task AskAsync(Decision decision, CancellationToken cancel)
    {
        // The ledger itself knows its recent lines only.
        if ((await ReadAsync(cancel)).IsAsked(decision.Id))
        {
            return;
        }

        await ledger.AppendAsync(new($"decision-asked/{decision.Id}", LedgerKinds.DecisionAsked, decision.About, Facts.Of(
            ("decision", decision.Id), ("kind", decision.Kind), ("planHash", decision.PlanHash), ("onExpiry", decision.OnExpiry.ToString()),
            ("expiresAt", decision.ExpiresAt.ToString("O")), ("initiators", JsonSerializer.Serialize(decision.Initiators)))), cancel);
    }

    /// <summary>Puts an answer on record, and gives the one that stands there: whoever was first.</summary>
    public async Task<RecordedAnswer> RecordAsync(Decision decision, bool approve, string by, CancellationToken cancel)
    {
        if ((await ReadAsync(cancel)).Find(decision) is { } standing)
        {
            return standing;
        }

        return AnswerOf(await ledger.AppendAsync(new($"decision-answered/{decision.Id}/{decision.PlanHash}", LedgerKinds.DecisionAnswered, decision.About, Facts.Of(
            ("decision", decision.Id), ("kind", decision.Kind), ("answer", (approve ? DecisionState.Approved : DecisionState.Declined).ToString()), ("by", by), ("planHash", decision.PlanHash))), cancel));
    }

    public void Dispose() => _turn.Dispose();

    private static RecordedQuestion QuestionOf(LedgerLine line)
    {
        var facts = line.Entry.Facts;
        return new(facts["decision"], DateTimeOffset.Parse(facts["expiresAt"]), Enum.Parse<OnExpiry>(facts["onExpiry"]),
            facts.GetValueOrDefault("initiators") is { } initiators ? JsonSerializer.Deserialize<string[]>(initiators) : null);
    }

    private static RecordedAnswer AnswerOf(LedgerLine line)
    {
        var facts = line.Entry.Facts;
        return new(facts["decision"], Enum.Parse<DecisionState>(facts["answer"]), facts["by"], facts["planHash"], line.At);
    }
}
