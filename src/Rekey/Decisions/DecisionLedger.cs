using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Ledgers;

namespace Rekey.Decisions;

/// <summary>A question as the ledger has it. Its words are not there: they name people (T26). What they hash to is.</summary>
/// <param name="PlanHashes">Of the words that it was asked in; more than one when it was asked again in others. An answer to any of them is one to the question.</param>
public sealed record RecordedQuestion(string DecisionId, string Kind, string About, ImmutableHashSet<string> PlanHashes, DateTimeOffset AskedAt, DateTimeOffset ExpiresAt, OnExpiry OnExpiry, IReadOnlyList<string> Initiators)
{
    /// <summary>The decision as it was asked, with the words of its row if they are the ones in which it was asked, else without any.</summary>
    public Decision To(Decision? row)
    {
        var (words, hash) = row is null ? ("", "") : (row.Statement, AskForDecision.HashOf(DecisionId, row.Statement));
        return PlanHashes.Contains(hash) ? Of(words, hash) : Of("", PlanHashes.First());
    }

    private Decision Of(string words, string hash) => new(DecisionId, Kind, About, words, hash, Initiators, AskedAt, ExpiresAt, OnExpiry);
}

/// <summary>An answer as the ledger has it.</summary>
/// <param name="PlanHash">What was answered: an answer to other words is none.</param>
/// <param name="ReasonHash">Of the approver's words; empty when there were none.</param>
public sealed record RecordedAnswer(string DecisionId, DecisionState State, string By, string PlanHash, string ReasonHash, DateTimeOffset At)
{
    /// <summary>The decision with this answer in it.</summary>
    /// <param name="reason">What may be the approver's words: they are kept in a row, and count if the ledger has their hash.</param>
    public Decision To(Decision decision, string? reason) => decision with
    {
        State = State,
        AnsweredBy = By,
        AnsweredAt = At,
        Reason = string.Equals(AskForDecision.ReasonHashOf(DecisionId, reason), ReasonHash, StringComparison.Ordinal) ? reason : null,
    };
}

/// <summary>What was asked, and what was answered to it.</summary>
public sealed class RecordedDecisions
{
    public static readonly RecordedDecisions None = new(ImmutableDictionary.Create<string, RecordedQuestion>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, ImmutableList<RecordedAnswer>>(StringComparer.Ordinal), [], []);

    private readonly ImmutableDictionary<string, RecordedQuestion> _questions;
    private readonly ImmutableDictionary<string, ImmutableList<RecordedAnswer>> _answers;
    private readonly ImmutableHashSet<string> _open;
    private readonly ImmutableHashSet<string> _approvedBlocks;

    private RecordedDecisions(ImmutableDictionary<string, RecordedQuestion> questions, ImmutableDictionary<string, ImmutableList<RecordedAnswer>> answers,
        ImmutableHashSet<string> open, ImmutableHashSet<string> approvedBlocks) =>
        (_questions, _answers, _open, _approvedBlocks) = (questions, answers, open, approvedBlocks);

    /// <summary>Questions without an answer of which nobody has put on record yet that their time is over; without their words.</summary>
    public IEnumerable<Decision> Open => _open.Select(id => _questions[id].To(row: null));

    /// <summary>Changes of the blocklist that were approved and of which nobody has put on record that they were made.</summary>
    public IEnumerable<Decision> ApprovedBlocks => _approvedBlocks.Select(id => Find(id)!);

    /// <summary>All of one kind that were approved.</summary>
    public IEnumerable<Decision> Approved(string kind) => _questions.Values.Where(q => string.Equals(q.Kind, kind, StringComparison.Ordinal))
        .Select(q => Find(q.DecisionId)!).Where(d => d.State is DecisionState.Approved);

    /// <summary>As a snapshot has it.</summary>
    public JsonNode Save() => JsonSerializer.SerializeToNode(
        new Saved([.. _questions.Values], [.. _answers.Values.SelectMany(a => a)], [.. _open], [.. _approvedBlocks]), RecordJson.Options)!;

    /// <summary>Reads it back.</summary>
    public static RecordedDecisions Load(JsonElement saved)
    {
        var (questions, answers, open, approvedBlocks) = saved.Deserialize<Saved>(RecordJson.Options)!;
        var all = answers.Aggregate(questions.Aggregate(None, (known, question) => known.With(question)), (known, answer) => known.With(answer));
        return new(all._questions, all._answers, [.. open], [.. approvedBlocks]);
    }

    private sealed record Saved(
        IReadOnlyList<RecordedQuestion> Questions, IReadOnlyList<RecordedAnswer> Answers, IReadOnlyList<string> Open, IReadOnlyList<string> ApprovedBlocks);

    /// <summary>The first line about a question counts; later ones add words.</summary>
    public RecordedDecisions With(RecordedQuestion question)
    {
        var first = _questions.GetValueOrDefault(question.DecisionId);
        return new(_questions.SetItem(question.DecisionId, first is null ? question : first with { PlanHashes = first.PlanHashes.Union(question.PlanHashes) }),
            _answers, first is null ? _open.Add(question.DecisionId) : _open, _approvedBlocks);
    }

    public RecordedDecisions With(RecordedAnswer answer)
    {
        var id = answer.DecisionId;
        var all = new RecordedDecisions(_questions, _answers.SetItem(id, _answers.GetValueOrDefault(id, []).Add(answer)), _open, _approvedBlocks);
        if (!_open.Contains(id) || all.AnswerTo(id) is not { } counts)
        {
            return all;
        }

        var isBlock = counts.State is DecisionState.Approved && _questions[id].Kind is DecisionKinds.Block or DecisionKinds.Unblock;
        return new(_questions, all._answers, _open.Remove(id), isBlock ? _approvedBlocks.Add(id) : _approvedBlocks);
    }

    /// <summary>Its time passed without an answer, and that stands in the ledger.</summary>
    public RecordedDecisions WithExpired(string decisionId) => new(_questions, _answers, _open.Remove(decisionId), _approvedBlocks);

    public RecordedDecisions WithCarriedOut(string decisionId) => new(_questions, _answers, _open, _approvedBlocks.Remove(decisionId));

    /// <summary>Whether anybody asked this. A row that nobody asked was planted: an answer to it would be there before the question, got from whoever may not give it.</summary>
    public bool IsAsked(string decisionId) => _questions.ContainsKey(decisionId);

    /// <summary>Whether it was asked in these words: an answer to others, which somebody put into the row, is none.</summary>
    public bool IsAsked(string decisionId, string planHash) => _questions.TryGetValue(decisionId, out var question) && question.PlanHashes.Contains(planHash);

    /// <summary>Whether it was asked in the words of this row.</summary>
    public bool HasWordsOf(Decision row) => IsAsked(row.Id, AskForDecision.HashOf(row.Id, row.Statement));

    /// <summary>The first answer to what was asked, given in time; null when there is none.</summary>
    public RecordedAnswer? AnswerTo(string decisionId) => _questions.TryGetValue(decisionId, out var question)
        ? _answers.GetValueOrDefault(decisionId, []).Find(a => question.PlanHashes.Contains(a.PlanHash) && a.At < question.ExpiresAt) : null;

    /// <summary>The decision as the ledger has it, without its words; null when nobody asked it.</summary>
    public Decision? Find(string decisionId) => Of(decisionId, row: null);

    /// <summary>
    /// The decision as the ledger has it, whatever its row says: whoever plants a no in it would keep a stolen key alive, whoever puts other words in it would get one from somebody, and
    /// whoever takes a name out of its initiators would decide for themselves. Null when nobody asked it.
    /// </summary>
    /// <param name="row">Where its words lie; null when it is gone.</param>
    public Decision? Of(string decisionId, Decision? row) => !_questions.TryGetValue(decisionId, out var question) ? null
        : AnswerTo(decisionId) is { } answer ? answer.To(question.To(row), row?.Reason)
        : question.To(row);
}

/// <summary>Questions and answers as they stand in the ledger. There they come to be: the first answer to a question counts, and what a row says without it counts for nothing (T9).</summary>
public sealed class DecisionLedger(ILedger ledger, LedgerReader reader)
{
    private readonly LedgerFold<RecordedDecisions> _recorded = new(reader, "decisions", RecordedDecisions.None, (recorded, line) => line.Entry.Kind switch
    {
        LedgerKinds.DecisionAsked => recorded.With(QuestionOf(line)),
        LedgerKinds.DecisionAnswered => recorded.With(AnswerOf(line)),
        LedgerKinds.DecisionExpired => recorded.WithExpired(line.Entry.Facts["decision"]),
        LedgerKinds.DecisionCarriedOut => recorded.WithCarriedOut(line.Entry.Facts["decision"]),
        _ => recorded,
    }, version: 1, recorded => recorded.Save(), RecordedDecisions.Load);

    /// <summary>Everything that was asked and answered up to now.</summary>
    public Task<RecordedDecisions> ReadAsync(CancellationToken cancel) => _recorded.ReadAsync(cancel);

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
    public async Task<RecordedAnswer> RecordAsync(Decision decision, bool approve, string by, string? reason, CancellationToken cancel)
    {
        if ((await ReadAsync(cancel)).AnswerTo(decision.Id) is { } standing)
        {
            return standing;
        }

        return AnswerOf(await ledger.AppendAsync(new($"decision-answered/{decision.Id}/{decision.PlanHash}", LedgerKinds.DecisionAnswered, decision.About, Facts.Of(
            ("decision", decision.Id), ("kind", decision.Kind), ("answer", (approve ? DecisionState.Approved : DecisionState.Declined).ToString()), ("by", by), ("planHash", decision.PlanHash),
            ("reasonHash", AskForDecision.ReasonHashOf(decision.Id, reason)))), cancel));
    }

    /// <summary>Puts on record that nobody answered in time: silence is an answer that an auditor asks for.</summary>
    public Task RecordExpiredAsync(Decision decision, CancellationToken cancel) => ledger.AppendAsync(new(
        $"decision-expired/{decision.Id}", LedgerKinds.DecisionExpired, decision.About, Facts.Of(
            ("decision", decision.Id), ("kind", decision.Kind), ("planHash", decision.PlanHash), ("expiresAt", decision.ExpiresAt.ToString("O")),
            ("outcome", decision.OnExpiry is OnExpiry.CarryOut ? "carried-out" : "lapsed"))), cancel);

    /// <summary>Puts on record that what was approved was done.</summary>
    public Task RecordCarriedOutAsync(Decision decision, CancellationToken cancel) => ledger.AppendAsync(new(
        $"decision-carried-out/{decision.Id}", LedgerKinds.DecisionCarriedOut, decision.About, Facts.Of(("decision", decision.Id), ("kind", decision.Kind))), cancel);

    private static RecordedQuestion QuestionOf(LedgerLine line)
    {
        var facts = line.Entry.Facts;
        return new(facts["decision"], facts["kind"], line.Entry.About, [facts["planHash"]], line.At, DateTimeOffset.Parse(facts["expiresAt"]), Enum.Parse<OnExpiry>(facts["onExpiry"]),
            JsonSerializer.Deserialize<string[]>(facts["initiators"])!);
    }

    private static RecordedAnswer AnswerOf(LedgerLine line)
    {
        var facts = line.Entry.Facts;
        return new(facts["decision"], Enum.Parse<DecisionState>(facts["answer"]), facts["by"], facts["planHash"], facts["reasonHash"], line.At);
    }
}
