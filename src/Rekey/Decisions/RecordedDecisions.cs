using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Core.Records;

namespace Rekey.Decisions;

/// <summary>What was asked, and what was answered to it.</summary>
public sealed class RecordedDecisions
{
    public static readonly RecordedDecisions None = new(
        ImmutableDictionary.Create<string, RecordedQuestion>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, ImmutableList<RecordedAnswer>>(StringComparer.Ordinal),
        [],
        []
    );

    private readonly ImmutableDictionary<string, RecordedQuestion> _questions;
    private readonly ImmutableDictionary<string, ImmutableList<RecordedAnswer>> _answers;
    private readonly ImmutableHashSet<string> _open;
    private readonly ImmutableHashSet<string> _approvedBlocks;

    private RecordedDecisions(
        ImmutableDictionary<string, RecordedQuestion> questions,
        ImmutableDictionary<string, ImmutableList<RecordedAnswer>> answers,
        ImmutableHashSet<string> open,
        ImmutableHashSet<string> approvedBlocks
    ) => (_questions, _answers, _open, _approvedBlocks) = (questions, answers, open, approvedBlocks);

    /// <summary>Questions without an answer of which nobody has put on record yet that their time is over; without their words.</summary>
    public IEnumerable<Decision> Open => _open.Select(id => _questions[id].To(row: null));

    /// <summary>Changes of the blocklist that were approved and of which nobody has put on record that they were made.</summary>
    public IEnumerable<Decision> ApprovedBlocks => _approvedBlocks.Select(id => Find(id)!);

    /// <summary>All of one kind that were approved.</summary>
    public IEnumerable<Decision> Approved(string kind) =>
        _questions
            .Values.Where(q => string.Equals(q.Kind, kind, StringComparison.Ordinal))
            .Select(q => Find(q.DecisionId)!)
            .Where(d => d.State is DecisionState.Approved);

    /// <summary>As a snapshot has it.</summary>
    public JsonNode Save() =>
        JsonSerializer.SerializeToNode(
            new Saved([.. _questions.Values], [.. _answers.Values.SelectMany(a => a)], [.. _open], [.. _approvedBlocks]),
            RecordJson.Options
        )!;

    /// <summary>Reads it back.</summary>
    public static RecordedDecisions Load(JsonElement saved)
    {
        var (questions, answers, open, approvedBlocks) = saved.Deserialize<Saved>(RecordJson.Options)!;
        var all = answers.Aggregate(questions.Aggregate(None, (known, question) => known.With(question)), (known, answer) =>
            known.With(answer)
        );
        return new(all._questions, all._answers, [.. open], [.. approvedBlocks]);
    }

    private sealed record Saved(
        IReadOnlyList<RecordedQuestion> Questions,
        IReadOnlyList<RecordedAnswer> Answers,
        IReadOnlyList<string> Open,
        IReadOnlyList<string> ApprovedBlocks
    );

    /// <summary>The first line about a question counts; later ones add words.</summary>
    public RecordedDecisions With(RecordedQuestion question)
    {
        var first = _questions.GetValueOrDefault(question.DecisionId);
        return new(
            _questions.SetItem(
                question.DecisionId,
                first is null ? question : first with { PlanHashes = first.PlanHashes.Union(question.PlanHashes) }
            ),
            _answers,
            first is null ? _open.Add(question.DecisionId) : _open,
            _approvedBlocks
        );
    }

    public RecordedDecisions With(RecordedAnswer answer)
    {
        var id = answer.DecisionId;
        var all = new RecordedDecisions(
            _questions,
            _answers.SetItem(id, _answers.GetValueOrDefault(id, []).Add(answer)),
            _open,
            _approvedBlocks
        );
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

    /// <summary>Whether anybody asked this. A row that nobody asked was planted: an answer to it would be there before the question, got
    /// from whoever may not give it.</summary>
    public bool IsAsked(string decisionId) => _questions.ContainsKey(decisionId);

    /// <summary>Whether it was asked in these words: an answer to others, which somebody put into the row, is none.</summary>
    public bool IsAsked(string decisionId, string planHash) =>
        _questions.TryGetValue(decisionId, out var question) && question.PlanHashes.Contains(planHash);

    /// <summary>Whether it was asked in the words of this row.</summary>
    public bool HasWordsOf(Decision row) => IsAsked(row.Id, AskForDecision.HashOf(row.Id, row.Statement));

    /// <summary>The first answer to what was asked, given in time; null when there is none.</summary>
    public RecordedAnswer? AnswerTo(string decisionId) =>
        _questions.TryGetValue(decisionId, out var question)
            ? _answers.GetValueOrDefault(decisionId, []).Find(a => question.PlanHashes.Contains(a.PlanHash) && a.At < question.ExpiresAt)
            : null;

    /// <summary>The decision as the ledger has it, without its words; null when nobody asked it.</summary>
    public Decision? Find(string decisionId) => Of(decisionId, row: null);

    /// <summary>
    /// The decision as the ledger has it, whatever its row says: whoever plants a no in it would keep a stolen key alive, whoever puts
    /// other words in it would get one from somebody, and whoever takes a name out of its initiators would decide for themselves. Null when
    /// nobody asked it.
    /// </summary>
    /// <param name="row">Where its words lie; null when it is gone.</param>
    public Decision? Of(string decisionId, Decision? row) =>
        !_questions.TryGetValue(decisionId, out var question) ? null
        : AnswerTo(decisionId) is { } answer ? answer.To(question.To(row), row?.Reason)
        : question.To(row);
}
