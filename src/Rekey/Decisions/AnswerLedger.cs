using System.Collections.Immutable;
using Rekey.Ledgers;

namespace Rekey.Decisions;

/// <summary>An answer as the ledger has it.</summary>
/// <param name="PlanHash">What was answered: an answer to other words is none.</param>
public sealed record RecordedAnswer(string DecisionId, DecisionState State, string By, string PlanHash, DateTimeOffset At)
{
    /// <summary>The decision with this answer in it.</summary>
    public Decision To(Decision decision, string? reason = null) => decision with { State = State, AnsweredBy = By, AnsweredAt = At, Reason = reason };
}

/// <summary>Answers by what was answered: one that was got out of somebody with other words is no answer to the question, and does not stand in its way.</summary>
public sealed class RecordedAnswers(IReadOnlyDictionary<(string DecisionId, string PlanHash), RecordedAnswer> answers)
{
    /// <summary>The answer to exactly this; null when there is none.</summary>
    public RecordedAnswer? Find(Decision decision) => answers.GetValueOrDefault((decision.Id, decision.PlanHash));

    /// <summary>The decision with the answer that the ledger has, whatever its row says: whoever plants a no in it would keep a stolen key alive.</summary>
    public Decision Of(Decision row) => Find(row) is { } answer ? answer.To(row, row.AnsweredBy == answer.By ? row.Reason : null)
        : row.State is DecisionState.Pending ? row
        : row with { State = DecisionState.Pending, AnsweredBy = null, AnsweredAt = null, Reason = null };
}

/// <summary>Answers as they stand in the ledger. There an answer comes to be: the first to a question counts, and what a row says without it counts for nothing (T9).</summary>
public sealed class AnswerLedger(ILedger ledger) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ImmutableDictionary<(string DecisionId, string PlanHash), RecordedAnswer> _answers = ImmutableDictionary<(string, string), RecordedAnswer>.Empty;
    private long _read;

    /// <summary>Every answer that stands in the ledger now.</summary>
    public async Task<RecordedAnswers> ReadAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            var (answers, number) = (_answers.ToBuilder(), _read);
            await foreach (var line in ledger.ReadAsync(_read, cancel))
            {
                number = line.Number;
                if (line.Entry.Kind is LedgerKinds.DecisionAnswered && Of(line) is var answer && !answers.ContainsKey((answer.DecisionId, answer.PlanHash)))
                {
                    answers.Add((answer.DecisionId, answer.PlanHash), answer);
                }
            }

            (_answers, _read) = (answers.ToImmutable(), number);
            return new(_answers);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The decision with the answer that the ledger has, whatever its row says.</summary>
    public async Task<Decision> OfAsync(Decision row, CancellationToken cancel) => (await ReadAsync(cancel)).Of(row);

    /// <summary>Whether this very decision was approved by somebody. Silence is no answer.</summary>
    public async Task<bool> IsApprovedAsync(Decision decision, CancellationToken cancel) =>
        (await ReadAsync(cancel)).Find(decision) is { State: DecisionState.Approved };

    /// <summary>Puts an answer on record, and gives the one that stands there: whoever was first.</summary>
    public async Task<RecordedAnswer> RecordAsync(Decision decision, bool approve, string by, CancellationToken cancel)
    {
        // The ledger itself knows its recent lines only.
        if ((await ReadAsync(cancel)).Find(decision) is { } standing)
        {
            return standing;
        }

        return Of(await ledger.AppendAsync(new($"decision-answered/{decision.Id}/{decision.PlanHash}", LedgerKinds.DecisionAnswered, decision.About, Facts.Of(
            ("decision", decision.Id), ("kind", decision.Kind), ("answer", (approve ? DecisionState.Approved : DecisionState.Declined).ToString()), ("by", by), ("planHash", decision.PlanHash))), cancel));
    }

    public void Dispose() => _turn.Dispose();

    private static RecordedAnswer Of(LedgerLine line)
    {
        var facts = line.Entry.Facts;
        return new(facts["decision"], Enum.Parse<DecisionState>(facts["answer"]), facts["by"], facts["planHash"], line.At);
    }
}
