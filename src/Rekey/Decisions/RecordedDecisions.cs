using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Core.Records;

namespace Rekey.Decisions;

/// <summary>The questions and answers on record in the ledger.</summary>
public sealed class RecordedDecisions
{
    public static readonly RecordedDecisions None = new(
        ImmutableDictionary.Create<string, RecordedQuestion>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, ImmutableList<RecordedAnswer>>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, ImmutableList<RecordedAnswer>>(StringComparer.Ordinal),
        [],
        [],
        []
    );

    private readonly ImmutableDictionary<string, RecordedQuestion> _questions;
    private readonly ImmutableDictionary<string, ImmutableList<RecordedAnswer>> _answers;
    private readonly ImmutableDictionary<string, ImmutableList<RecordedAnswer>> _firsts;
    private readonly ImmutableHashSet<string> _open;
    private readonly ImmutableHashSet<string> _expired;
    private readonly ImmutableHashSet<string> _approvedBlocks;

    private RecordedDecisions(
        ImmutableDictionary<string, RecordedQuestion> questions,
        ImmutableDictionary<string, ImmutableList<RecordedAnswer>> answers,
        ImmutableDictionary<string, ImmutableList<RecordedAnswer>> firsts,
        ImmutableHashSet<string> open,
        ImmutableHashSet<string> expired,
        ImmutableHashSet<string> approvedBlocks
    ) => (_questions, _answers, _firsts, _open, _expired, _approvedBlocks) = (questions, answers, firsts, open, expired, approvedBlocks);

    /// <summary>Unanswered questions whose expiry is not on record yet; without their words.</summary>
    public IEnumerable<Decision> Open => _open.Select(id => _questions[id].To(row: null));

    /// <summary>Approved changes of the blocklist that are not on record as done.</summary>
    public IEnumerable<Decision> ApprovedBlocks => _approvedBlocks.Select(id => Find(id)!);

    /// <summary>Whether it is an approved change of the blocklist that is on record as done.</summary>
    public bool WasCarriedOut(string decisionId) =>
        Find(decisionId) is { State: DecisionState.Approved } && !_approvedBlocks.Contains(decisionId);

    /// <summary>All approved decisions of one kind.</summary>
    public IEnumerable<Decision> Approved(string kind) =>
        _questions
            .Values.Where(q => string.Equals(q.Kind, kind, StringComparison.Ordinal))
            .Select(q => Find(q.DecisionId)!)
            .Where(d => d.State is DecisionState.Approved);

    /// <summary>Saves the view in a snapshot.</summary>
    public JsonNode Save() =>
        JsonSerializer.SerializeToNode(
            new Saved(
                [.. _questions.Values],
                [.. _answers.Values.SelectMany(a => a)],
                [.. _firsts.Values.SelectMany(a => a)],
                [.. _open],
                [.. _expired],
                [.. _approvedBlocks]
            ),
            RecordJson.Options
        )!;

    /// <summary>Loads the view from a snapshot.</summary>
    public static RecordedDecisions Load(JsonElement saved)
    {
        var (questions, answers, firsts, open, expired, approvedBlocks) = saved.Deserialize<Saved>(RecordJson.Options)!;
        var all = answers.Aggregate(questions.Aggregate(None, (known, question) => known.With(question)), (known, answer) =>
            known.With(answer)
        );
        all = firsts.Aggregate(all, (known, first) => known.WithFirst(first));
        return new(all._questions, all._answers, all._firsts, [.. open], [.. expired], [.. approvedBlocks]);
    }

    private sealed record Saved(
        IReadOnlyList<RecordedQuestion> Questions,
        IReadOnlyList<RecordedAnswer> Answers,
        IReadOnlyList<RecordedAnswer> Firsts,
        IReadOnlyList<string> Open,
        IReadOnlyList<string> Expired,
        IReadOnlyList<string> ApprovedBlocks
    );

    /// <summary>Adds a question. The first line about it counts; later ones add words.</summary>
    public RecordedDecisions With(RecordedQuestion question)
    {
        var first = _questions.GetValueOrDefault(question.DecisionId);
        return new(
            _questions.SetItem(
                question.DecisionId,
                first is null ? question : first with { PlanHashes = first.PlanHashes.Union(question.PlanHashes) }
            ),
            _answers,
            _firsts,
            first is null ? _open.Add(question.DecisionId) : _open,
            _expired,
            _approvedBlocks
        );
    }

    /// <summary>
    /// Adds an answer. One after the line about the expiry counts for nothing, whatever the clock of its instance says: the decision may
    /// have been carried out.
    /// </summary>
    public RecordedDecisions With(RecordedAnswer answer)
    {
        var id = answer.DecisionId;
        if (_expired.Contains(id))
        {
            return this;
        }

        var all = new RecordedDecisions(
            _questions,
            _answers.SetItem(id, _answers.GetValueOrDefault(id, []).Add(answer)),
            _firsts,
            _open,
            _expired,
            _approvedBlocks
        );
        if (!_open.Contains(id) || all.AnswerTo(id) is not { } counts)
        {
            return all;
        }

        var isBlock = counts.State is DecisionState.Approved && _questions[id].Kind is DecisionKinds.Block or DecisionKinds.Unblock;
        return new(_questions, all._answers, _firsts, _open.Remove(id), _expired, isBlock ? _approvedBlocks.Add(id) : _approvedBlocks);
    }

    /// <summary>Adds an answer that decides only with the same answer by a second person.</summary>
    public RecordedDecisions WithFirst(RecordedAnswer first) =>
        new(
            _questions,
            _answers,
            _firsts.SetItem(first.DecisionId, _firsts.GetValueOrDefault(first.DecisionId, []).Add(first)),
            _open,
            _expired,
            _approvedBlocks
        );

    /// <summary>The same answer by another person who needs a second one, too; null when there is none.</summary>
    public RecordedAnswer? SecondTo(RecordedAnswer first) =>
        FirstsTo(first.DecisionId)
            .FirstOrDefault(a => a.State == first.State && !string.Equals(a.By, first.By, StringComparison.OrdinalIgnoreCase));

    /// <summary>Adds an expiry. One after an answer that counts is void.</summary>
    public RecordedDecisions WithExpired(string decisionId) =>
        _open.Contains(decisionId)
            ? new(_questions, _answers, _firsts, _open.Remove(decisionId), _expired.Add(decisionId), _approvedBlocks)
            : this;

    public RecordedDecisions WithCarriedOut(string decisionId) =>
        new(_questions, _answers, _firsts, _open, _expired, _approvedBlocks.Remove(decisionId));

    /// <summary>
    /// Whether the ledger has this question. A row without it was planted: an answer to it would exist before the question, from a person
    /// who may not answer it.
    /// </summary>
    public bool IsAsked(string decisionId) => _questions.ContainsKey(decisionId);

    /// <summary>Whether it was asked in these words: an answer to other words, written into the row, does not count.</summary>
    public bool IsAsked(string decisionId, string planHash) =>
        _questions.TryGetValue(decisionId, out var question) && question.PlanHashes.Contains(planHash);

    /// <summary>Whether it was asked in the words of this row.</summary>
    public bool HasWordsOf(Decision row) => IsAsked(row.Id, AskForDecision.HashOf(row.Id, row.Statement));

    /// <summary>The first answer to the question, given in time; null when there is none.</summary>
    public RecordedAnswer? AnswerTo(string decisionId) => InTime(decisionId, _answers).FirstOrDefault();

    private IEnumerable<RecordedAnswer> FirstsTo(string decisionId) => InTime(decisionId, _firsts);

    private IEnumerable<RecordedAnswer> InTime(string decisionId, ImmutableDictionary<string, ImmutableList<RecordedAnswer>> answers) =>
        _questions.TryGetValue(decisionId, out var question)
            ? answers.GetValueOrDefault(decisionId, []).Where(a => question.PlanHashes.Contains(a.PlanHash) && a.At < question.ExpiresAt)
            : [];

    /// <summary>The decision on record, without its words; null when it was never asked.</summary>
    public Decision? Find(string decisionId) => Of(decisionId, row: null);

    /// <summary>
    /// The decision on record, whatever its row claims; null when it was never asked. A no planted in the row would keep a stolen key
    /// alive. Other words in the row would get a yes from an approver who did not know the plan. A name removed from the initiators would
    /// let that person approve their own request.
    /// </summary>
    /// <param name="row">The row with its words; null when it is gone.</param>
    public Decision? Of(string decisionId, Decision? row) =>
        !_questions.TryGetValue(decisionId, out var question) ? null
        : AnswerTo(decisionId) is { } answer ? answer.To(question.To(row), row?.Reason)
        : question.To(row) with { FirstAnsweredBy = FirstsTo(decisionId).FirstOrDefault()?.By, IsExpired = _expired.Contains(decisionId) };
}
