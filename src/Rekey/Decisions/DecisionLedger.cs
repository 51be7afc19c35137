using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Ledgers;

namespace Rekey.Decisions;

/// <summary>A question as the ledger has it. Its words are not there: they name people (T26). What they hash to is.</summary>
/// <param name="PlanHashes">Of the words that it was asked in; more than one when it was asked again in others. An answer to any of them is one to the question.</param>
/// <param name="Initiators">Null in lines of earlier releases, which did not say it.</param>
public sealed record RecordedQuestion(string DecisionId, string Kind, string About, ImmutableHashSet<string> PlanHashes, DateTimeOffset AskedAt, DateTimeOffset ExpiresAt, OnExpiry OnExpiry, IReadOnlyList<string>? Initiators)
{
    /// <summary>The decision as it was asked.</summary>
    public Decision To(Decision row) => row with { Kind = Kind, About = About, AskedAt = AskedAt, ExpiresAt = ExpiresAt, OnExpiry = OnExpiry, Initiators = Initiators ?? row.Initiators };
}

/// <summary>An answer as the ledger has it.</summary>
/// <param name="PlanHash">What was answered: an answer to other words is none.</param>
public sealed record RecordedAnswer(string DecisionId, DecisionState State, string By, string PlanHash, DateTimeOffset At)
{
    /// <summary>The decision with this answer in it.</summary>
    public Decision To(Decision decision, string? reason = null) => decision with { State = State, AnsweredBy = By, AnsweredAt = At, Reason = reason };
}

/// <summary>What was asked, and what was answered to it.</summary>
public sealed class RecordedDecisions
{
    public static readonly RecordedDecisions None = new(
        ImmutableDictionary.Create<string, RecordedQuestion>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, ImmutableList<RecordedAnswer>>(StringComparer.Ordinal),
        ImmutableSortedSet.Create<string>(StringComparer.Ordinal));

    private readonly ImmutableDictionary<string, RecordedQuestion> _questions;
    private readonly ImmutableDictionary<string, ImmutableList<RecordedAnswer>> _answers;

    /// <summary>Questions without an answer of which the ledger does not say either that their time is over.</summary>
    private readonly ImmutableSortedSet<string> _open;

    private RecordedDecisions(
        ImmutableDictionary<string, RecordedQuestion> questions, ImmutableDictionary<string, ImmutableList<RecordedAnswer>> answers, ImmutableSortedSet<string> open) =>
        (_questions, _answers, _open) = (questions, answers, open);

    /// <summary>As a snapshot has it.</summary>
    public JsonNode Save() =>
        JsonSerializer.SerializeToNode(new Saved([.. _questions.Values], [.. _answers.Values.SelectMany(a => a)], [.. _open]), RecordJson.Options)!;

    /// <summary>Reads it back.</summary>
    public static RecordedDecisions Load(JsonElement saved)
    {
        var (questions, answers, open) = saved.Deserialize<Saved>(RecordJson.Options)!;
        var all = answers.Aggregate(questions.Aggregate(None, (all, question) => all.With(question)), (all, answer) => all.With(answer));
        return new(all._questions, all._answers, open.ToImmutableSortedSet(StringComparer.Ordinal));
    }

    private sealed record Saved(IReadOnlyList<RecordedQuestion> Questions, IReadOnlyList<RecordedAnswer> Answers, IReadOnlyList<string> Open);

    /// <summary>The first line about a question counts; later ones add words.</summary>
    public RecordedDecisions With(RecordedQuestion question) => _questions.TryGetValue(question.DecisionId, out var first)
        ? new(_questions.SetItem(question.DecisionId, first with { PlanHashes = first.PlanHashes.Union(question.PlanHashes) }), _answers, _open)
        : new(_questions.SetItem(question.DecisionId, question), _answers, _open.Add(question.DecisionId));

    public RecordedDecisions With(RecordedAnswer answer)
    {
        var answered = new RecordedDecisions(_questions, _answers.SetItem(answer.DecisionId, _answers.GetValueOrDefault(answer.DecisionId, []).Add(answer)), _open);
        return answered.AnswerTo(answer.DecisionId) is null ? answered : answered.WithExpired(answer.DecisionId);
    }

    /// <summary>The ledger says that nobody answered this in time.</summary>
    public RecordedDecisions WithExpired(string decisionId) => new(_questions, _answers, _open.Remove(decisionId));

    /// <summary>Questions whose time is over, unanswered, before anybody wrote so.</summary>
    public IEnumerable<Decision> Expired(DateTimeOffset now) => _open.Where(id => _questions[id].ExpiresAt <= now).Select(id => Find(id)!);

    /// <summary>Whether anybody asked this. A row that nobody asked was planted: an answer to it would be there before the question, got from whoever may not give it.</summary>
    public bool IsAsked(string decisionId) => _questions.ContainsKey(decisionId);

    /// <summary>Whether it was asked in these words: an answer to others, which somebody put into the row, is none.</summary>
    public bool IsAsked(string decisionId, string planHash) => _questions.TryGetValue(decisionId, out var question) && question.PlanHashes.Contains(planHash);

    /// <summary>Whether the row has words in which the question was asked.</summary>
    public bool HasWordsOf(Decision row) => IsAsked(row.Id, row.PlanHash) && AskForDecision.HashOf(row.Id, row.Statement) == row.PlanHash;

    /// <summary>The first answer to what was asked, given in time; null when there is none.</summary>
    public RecordedAnswer? AnswerTo(string decisionId) => _questions.TryGetValue(decisionId, out var question)
        ? _answers.GetValueOrDefault(decisionId, []).Find(a => question.PlanHashes.Contains(a.PlanHash) && a.At < question.ExpiresAt) : null;

    /// <summary>The decision as the ledger has it, without its words; null when nobody asked it.</summary>
    public Decision? Find(string decisionId) => _questions.TryGetValue(decisionId, out var asked)
        ? Of(new(decisionId, asked.Kind, asked.About, "", asked.PlanHashes.First(), asked.Initiators ?? [], asked.AskedAt, asked.ExpiresAt, asked.OnExpiry))
        : null;

    /// <summary>
    /// The decision as the ledger has it, whatever its row says: whoever plants a no in it would keep a stolen key alive, whoever puts other words in it would get one from somebody, and
    /// whoever takes a name out of its initiators would decide for themselves.
    /// </summary>
    public Decision Of(Decision row)
    {
        var asked = _questions.TryGetValue(row.Id, out var question) ? question.To(row) : row with { OnExpiry = OnExpiry.Lapse };
        return AnswerTo(row.Id) is { } answer ? answer.To(asked, row.AnsweredBy == answer.By ? row.Reason : null)
            : asked with { State = DecisionState.Pending, AnsweredBy = null, AnsweredAt = null, Reason = null };
    }
}

/// <summary>Questions and answers as they stand in the ledger. There they come to be: the first answer to a question counts, and what a row says without it counts for nothing (T9).</summary>
public sealed class DecisionLedger(ILedger ledger, LedgerReader reader)
{
    private readonly LedgerFold<RecordedDecisions> _recorded = new(reader, "decisions", RecordedDecisions.None, (recorded, line) => line.Entry.Kind switch
    {
        LedgerKinds.DecisionAsked => recorded.With(QuestionOf(line)),
        LedgerKinds.DecisionAnswered => recorded.With(AnswerOf(line)),
        LedgerKinds.DecisionExpired => recorded.WithExpired(line.Entry.Facts["decision"]),
        _ => recorded,
    }, version: 2, recorded => recorded.Save(), RecordedDecisions.Load);

    /// <summary>Everything that was asked and answered up to now.</summary>
    public Task<RecordedDecisions> ReadAsync(CancellationToken cancel) => _recorded.ReadAsync(cancel);

    /// <summary>The decision as the ledger has it, whatever its row says.</summary>
    public async Task<Decision> OfAsync(Decision row, CancellationToken cancel) => (await ReadAsync(cancel)).Of(row);

    /// <summary>A decision as the ledger has it, without its words; null when nobody asked it.</summary>
    public async Task<Decision?> FindAsync(string decisionId, CancellationToken cancel) => (await ReadAsync(cancel)).Find(decisionId);

    /// <summary>Puts a question on record, in its words; one that stands there in these is asked already.</summary>
    public async Task AskAsync(Decision decision, CancellationToken cancel)
    {
        // The ledger itself knows its recent lines only.
        var recorded = await ReadAsync(cancel);
        if (recorded.IsAsked(decision.Id, decision.PlanHash))
        {
            return;
        }

        await ledger.AppendAsync(new(recorded.IsAsked(decision.Id) ? $"decision-asked/{decision.Id}/{decision.PlanHash}" : $"decision-asked/{decision.Id}", LedgerKinds.DecisionAsked, decision.About, Facts.Of(
            ("decision", decision.Id), ("kind", decision.Kind), ("planHash", decision.PlanHash), ("onExpiry", decision.OnExpiry.ToString()),
            ("expiresAt", decision.ExpiresAt.ToString("O")), ("initiators", JsonSerializer.Serialize(decision.Initiators)))), cancel);
    }

    /// <summary>Puts an answer on record, and gives the one that stands there: whoever was first.</summary>
    public async Task<RecordedAnswer> RecordAsync(Decision decision, bool approve, string by, CancellationToken cancel)
    {
        if ((await ReadAsync(cancel)).AnswerTo(decision.Id) is { } standing)
        {
            return standing;
        }

        return AnswerOf(await ledger.AppendAsync(new($"decision-answered/{decision.Id}/{decision.PlanHash}", LedgerKinds.DecisionAnswered, decision.About, Facts.Of(
            ("decision", decision.Id), ("kind", decision.Kind), ("answer", (approve ? DecisionState.Approved : DecisionState.Declined).ToString()), ("by", by), ("planHash", decision.PlanHash))), cancel));
    }

    private static RecordedQuestion QuestionOf(LedgerLine line)
    {
        var facts = line.Entry.Facts;
        return new(facts["decision"], facts["kind"], line.Entry.About, [facts["planHash"]], line.At, DateTimeOffset.Parse(facts["expiresAt"]), Enum.Parse<OnExpiry>(facts["onExpiry"]),
            facts.GetValueOrDefault("initiators") is { } initiators ? JsonSerializer.Deserialize<string[]>(initiators) : null);
    }

    private static RecordedAnswer AnswerOf(LedgerLine line)
    {
        var facts = line.Entry.Facts;
        return new(facts["decision"], Enum.Parse<DecisionState>(facts["answer"]), facts["by"], facts["planHash"], line.At);
    }
}
