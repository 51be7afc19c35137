using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Core.Records;
using Rekey.Decisions.Record;

namespace Rekey.Decisions;

/// <summary>The questions and answers on record in the ledger.</summary>
public sealed record RecordedDecisions
{
    public static readonly RecordedDecisions None = new();

    private RecordedDecisions() { }

    private ImmutableDictionary<string, RecordedQuestion> Questions { get; init; } = By<RecordedQuestion>();

    /// <summary>Answers that came in time.</summary>
    private ImmutableDictionary<string, ImmutableList<RecordedAnswer>> Answers { get; init; } = By<ImmutableList<RecordedAnswer>>();

    private ImmutableDictionary<string, ImmutableList<RecordedAnswer>> Firsts { get; init; } = By<ImmutableList<RecordedAnswer>>();

    private ImmutableDictionary<string, RecordedWithdrawal> Withdrawn { get; init; } = By<RecordedWithdrawal>();

    /// <summary>People who came back, by object id.</summary>
    private ImmutableDictionary<string, RecordedReturn> Returns { get; init; } = By<RecordedReturn>();

    private ImmutableHashSet<string> OpenIds { get; init; } = [];

    /// <summary>Questions whose expiry is on record. That is final, even if the person comes back afterwards.</summary>
    private ImmutableHashSet<string> ExpiredIds { get; init; } = [];

    private ImmutableHashSet<string> ApprovedBlockIds { get; init; } = [];

    /// <summary>Unanswered questions whose expiry is not on record yet; without their words.</summary>
    public IEnumerable<Decision> Open => OpenIds.Select(id => Find(id)!);

    /// <summary>Every question that was ever asked, without its words.</summary>
    public IEnumerable<Decision> All => Questions.Keys.Select(id => Find(id)!);

    /// <summary>Approved changes of the blocklist that are not on record as done.</summary>
    public IEnumerable<Decision> ApprovedBlocks => ApprovedBlockIds.Select(id => Find(id)!);

    /// <summary>Whether it is an approved change of the blocklist that is on record as done.</summary>
    public bool WasCarriedOut(string decisionId) =>
        Find(decisionId) is { State: DecisionState.Approved } && !ApprovedBlockIds.Contains(decisionId);

    /// <summary>All decisions of one kind that were ever asked, without their words.</summary>
    public IEnumerable<Decision> OfKind(string kind) =>
        Questions.Values.Where(q => string.Equals(q.Kind, kind, StringComparison.Ordinal)).Select(q => Find(q.DecisionId)!);

    /// <summary>All decisions of one kind that an approver approved.</summary>
    public IEnumerable<Decision> Approved(string kind) => OfKind(kind).Where(d => d.State is DecisionState.Approved);

    /// <summary>Saves the view in a snapshot.</summary>
    public JsonNode Save() =>
        JsonSerializer.SerializeToNode(
            new Saved(
                [.. Questions.Values],
                [.. Answers.Values.SelectMany(a => a)],
                [.. Firsts.Values.SelectMany(a => a)],
                Withdrawn,
                Returns,
                [.. OpenIds],
                [.. ExpiredIds],
                [.. ApprovedBlockIds]
            ),
            RecordJson.Options
        )!;

    /// <summary>Loads the view from a snapshot.</summary>
    public static RecordedDecisions Load(JsonElement saved)
    {
        var from = saved.Deserialize<Saved>(RecordJson.Options)!;
        return new()
        {
            Questions = By<RecordedQuestion>().AddRange(from.Questions.Select(q => KeyValuePair.Create(q.DecisionId, q))),
            Answers = ById(from.Answers),
            Firsts = ById(from.Firsts),
            Withdrawn = By<RecordedWithdrawal>().AddRange(from.Withdrawn),
            Returns = ByPerson().AddRange(from.Returns),
            OpenIds = [.. from.Open],
            ExpiredIds = [.. from.Expired],
            ApprovedBlockIds = [.. from.ApprovedBlocks],
        };
    }

    /// <summary>Adds a question. The first line about it counts; later ones add words.</summary>
    public RecordedDecisions With(RecordedQuestion question)
    {
        var first = Questions.GetValueOrDefault(question.DecisionId);
        return this with
        {
            Questions = Questions.SetItem(
                question.DecisionId,
                first is null ? question : first with { PlanHashes = first.PlanHashes.Union(question.PlanHashes) }
            ),
            OpenIds = first is null ? OpenIds.Add(question.DecisionId) : OpenIds,
        };
    }

    /// <summary>
    /// Adds an answer, unless the question was over. One after the line about the expiry or the withdrawal counts for nothing, and the
    /// clock of its instance does not matter: the decision may have been carried out.
    /// </summary>
    public RecordedDecisions With(RecordedAnswer answer)
    {
        var id = answer.DecisionId;
        if (!IsInTime(answer))
        {
            return this;
        }

        var all = this with { Answers = Answers.SetItem(id, Answers.GetValueOrDefault(id, []).Add(answer)) };
        if (!OpenIds.Contains(id) || all.AnswerTo(id) is not { } counts)
        {
            return all;
        }

        var isBlock = counts.State is DecisionState.Approved && Questions[id].Kind is DecisionKinds.Block or DecisionKinds.Unblock;
        return all with { OpenIds = OpenIds.Remove(id), ApprovedBlockIds = isBlock ? ApprovedBlockIds.Add(id) : ApprovedBlockIds };
    }

    /// <summary>Adds an answer that decides only with the same answer by a second person.</summary>
    public RecordedDecisions WithFirst(RecordedAnswer first) =>
        IsInTime(first)
            ? this with
            {
                Firsts = Firsts.SetItem(first.DecisionId, Firsts.GetValueOrDefault(first.DecisionId, []).Add(first)),
            }
            : this;

    /// <summary>The same answer by another person who needs a second one, too; null when there is none.</summary>
    public RecordedAnswer? SecondTo(RecordedAnswer first) =>
        FirstsTo(first.DecisionId)
            .FirstOrDefault(a => a.State == first.State && !string.Equals(a.By, first.By, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether this answer, which needs a second one, came in time.</summary>
    public bool HasFirst(RecordedAnswer first) => FirstsTo(first.DecisionId).Contains(first);

    /// <summary>Adds an expiry. It is void after an answer that counts, after a withdrawal, and while the person is back.</summary>
    public RecordedDecisions WithExpired(string decisionId) =>
        OpenIds.Contains(decisionId) && !IsHeld(Questions[decisionId])
            ? this with
            {
                OpenIds = OpenIds.Remove(decisionId),
                ExpiredIds = ExpiredIds.Add(decisionId),
            }
            : this;

    /// <summary>Adds that the question was taken back, unless it was answered or has expired before.</summary>
    public RecordedDecisions WithWithdrawn(string decisionId, RecordedWithdrawal withdrawal) =>
        OpenIds.Contains(decisionId)
            ? this with
            {
                Withdrawn = Withdrawn.SetItem(decisionId, withdrawal),
                OpenIds = OpenIds.Remove(decisionId),
            }
            : this;

    public RecordedDecisions WithCarriedOut(string decisionId) => this with { ApprovedBlockIds = ApprovedBlockIds.Remove(decisionId) };

    /// <summary>Adds that the directory showed a person enabled again: silence decides no question about their departure.</summary>
    /// <param name="epoch">The departure that ended so.</param>
    public RecordedDecisions WithBack(string personId, int epoch) =>
        Returns.GetValueOrDefault(personId)?.Epoch > epoch ? this : this with { Returns = Person(personId, new(epoch, GoneAgainAt: null)) };

    /// <summary>Adds that the directory confirmed a departure: the first deadlines of questions about this person count again.</summary>
    public RecordedDecisions WithGone(string personId, int epoch, DateTimeOffset at) =>
        Returns.GetValueOrDefault(personId) is { GoneAgainAt: null } back && epoch > back.Epoch
            ? this with
            {
                Returns = Person(personId, back with { GoneAgainAt = at }),
            }
            : this;

    /// <summary>
    /// Whether the ledger has this question. A row without it was planted: an answer to it would exist before the question, from a person
    /// who may not answer it.
    /// </summary>
    public bool IsAsked(string decisionId) => Questions.ContainsKey(decisionId);

    /// <summary>Whether it was asked in these words: an answer to other words, written into the row, does not count.</summary>
    public bool IsAsked(string decisionId, string planHash) =>
        Questions.TryGetValue(decisionId, out var question) && question.PlanHashes.Contains(planHash);

    /// <summary>Whether it was asked in the words of this row.</summary>
    public bool HasWordsOf(Decision row) => IsAsked(row.Id, AskForDecision.HashOf(row.Id, row.Statement));

    /// <summary>The first answer to the question, given in time; null when there is none.</summary>
    public RecordedAnswer? AnswerTo(string decisionId) => ToItsWords(decisionId, Answers).FirstOrDefault();

    /// <summary>The decision on record, without its words; null when it was never asked.</summary>
    public Decision? Find(string decisionId) => Of(decisionId, row: null);

    /// <summary>
    /// The decision on record, whatever its row claims; null when it was never asked. A no planted in the row would keep a stolen key
    /// alive. Other words in the row would get a yes from an approver who did not know the plan. A name removed from the initiators would
    /// let that person approve their own request.
    /// </summary>
    /// <param name="row">The row with its words; null when it is gone.</param>
    public Decision? Of(string decisionId, Decision? row)
    {
        if (!Questions.TryGetValue(decisionId, out var question))
        {
            return null;
        }

        var decision = question.To(row);
        if (AnswerTo(decisionId) is { } answer)
        {
            return answer.To(decision, row?.Reason);
        }

        if (Withdrawn.GetValueOrDefault(decisionId) is { } withdrawn)
        {
            return decision with { State = DecisionState.Withdrawn, AnsweredAt = withdrawn.At, WithdrawnBecause = withdrawn.Why };
        }

        return decision with
        {
            FirstAnsweredBy = FirstsTo(decisionId).FirstOrDefault()?.By,
            IsExpired = ExpiredIds.Contains(decisionId),
            IsHeld = IsHeld(question),
            GoneAgainAt = ReturnOf(question)?.GoneAgainAt,
        };
    }

    private IEnumerable<RecordedAnswer> FirstsTo(string decisionId) => ToItsWords(decisionId, Firsts);

    private IEnumerable<RecordedAnswer> ToItsWords(string decisionId, ImmutableDictionary<string, ImmutableList<RecordedAnswer>> answers) =>
        Questions.TryGetValue(decisionId, out var question)
            ? answers.GetValueOrDefault(decisionId, []).Where(a => question.PlanHashes.Contains(a.PlanHash))
            : [];

    /// <summary>Whether the question was open at the time of the answer, which is the last line so far.</summary>
    private bool IsInTime(RecordedAnswer answer) =>
        Questions.TryGetValue(answer.DecisionId, out var question)
        && !Withdrawn.ContainsKey(answer.DecisionId)
        && !ExpiredIds.Contains(answer.DecisionId)
        && (IsHeld(question) || answer.At < (question.To(row: null) with { GoneAgainAt = ReturnOf(question)?.GoneAgainAt }).DueAt);

    /// <summary>Whether the person is back, so that silence decides nothing.</summary>
    private bool IsHeld(RecordedQuestion question) => ReturnOf(question) is { GoneAgainAt: null } && OpenIds.Contains(question.DecisionId);

    private RecordedReturn? ReturnOf(RecordedQuestion question) =>
        question.WhileGone is { } person ? Returns.GetValueOrDefault(person) : null;

    private ImmutableDictionary<string, RecordedReturn> Person(string personId, RecordedReturn value) =>
        (Returns.IsEmpty ? ByPerson() : Returns).SetItem(personId, value);

    private static ImmutableDictionary<string, RecordedReturn> ByPerson() =>
        ImmutableDictionary.Create<string, RecordedReturn>(StringComparer.OrdinalIgnoreCase);

    private static ImmutableDictionary<string, T> By<T>() => ImmutableDictionary.Create<string, T>(StringComparer.Ordinal);

    private static ImmutableDictionary<string, ImmutableList<RecordedAnswer>> ById(IReadOnlyList<RecordedAnswer> answers) =>
        By<ImmutableList<RecordedAnswer>>()
            .AddRange(
                answers
                    .GroupBy(a => a.DecisionId, StringComparer.Ordinal)
                    .Select(g => KeyValuePair.Create(g.Key, ImmutableList.CreateRange(g)))
            );

    private sealed record Saved(
        IReadOnlyList<RecordedQuestion> Questions,
        IReadOnlyList<RecordedAnswer> Answers,
        IReadOnlyList<RecordedAnswer> Firsts,
        IReadOnlyDictionary<string, RecordedWithdrawal> Withdrawn,
        IReadOnlyDictionary<string, RecordedReturn> Returns,
        IReadOnlyList<string> Open,
        IReadOnlyList<string> Expired,
        IReadOnlyList<string> ApprovedBlocks
    );
}
