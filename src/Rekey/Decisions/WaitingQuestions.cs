using Rekey.Findings;

namespace Rekey.Decisions;

/// <summary>
/// Makes the findings about waiting questions follow the ledger. It may run at any time and be repeated: it runs when a question is asked
/// and when it is answered, and the timer makes up for what a crash left undone.
/// </summary>
public sealed class WaitingQuestions(DecisionLedger onRecord, IFindings findings, TimeProvider timeProvider)
{
    /// <summary>
    /// How many questions of one kind have a finding of their own at the same time. The others have one together: a baseline of a
    /// thousand keys must not become thousands of lines in a ledger that nobody can shorten.
    /// </summary>
    public const int SeparateOfAKind = 20;

    /// <summary>Raises, updates and closes what differs from the ledger.</summary>
    public async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        // 1. Read the questions after the findings: a finding whose question is not there is over.
        var reported = (await findings.ReadOpenAsync(FindingKinds.DecisionWaiting, cancellationToken)).ToDictionary(
            f => f.Id,
            StringComparer.Ordinal
        );
        var (recorded, now) = (await onRecord.ReadAsync(cancellationToken), timeProvider.GetUtcNow());
        var wanted = recorded
            .Open.GroupBy(d => d.Kind, StringComparer.Ordinal)
            .SelectMany(kind => FindingsOf(kind.Key, [.. kind], reported, now))
            .ToDictionary(f => f.Id, StringComparer.Ordinal);

        // 2. Raise what is new, or has reached another stage.
        foreach (var finding in wanted.Values.Where(f => reported.GetValueOrDefault(f.Id)?.Milestone != f.Milestone))
        {
            await findings.RaiseAsync(finding, cancellationToken);
        }

        // 3. Close what is over, and say how it ended.
        foreach (var over in reported.Values.Where(f => !wanted.ContainsKey(f.Id)))
        {
            await findings.CloseAsync(over.Id, EndOf(over, recorded), cancellationToken);
        }
    }

    /// <summary>
    /// One finding a question, up to a number; the rest have one together. A question of the rest stays there, so that each answer does not
    /// raise the finding of another one.
    /// </summary>
    private static IEnumerable<Finding> FindingsOf(
        string kind,
        IReadOnlyList<Decision> questions,
        Dictionary<string, Finding> reported,
        DateTimeOffset now
    )
    {
        var separate = questions.Where(q => reported.ContainsKey(Finding.IdOf(FindingKinds.DecisionWaiting, q.Id))).ToList();
        var free = reported.ContainsKey(Finding.IdOf(FindingKinds.DecisionWaiting, kind)) ? 0 : SeparateOfAKind - separate.Count;
        var rest = questions.Except(separate).OrderBy(q => q.DueAt).ThenBy(q => q.Id, StringComparer.Ordinal).ToList();
        return separate
            .Concat(rest.Take(Math.Max(free, 0)))
            .Select(q => DecisionFindings.Waiting(q, now))
            .Concat(rest.Count > free ? [DecisionFindings.ManyWaiting(kind, [.. rest.Skip(Math.Max(free, 0))], now)] : []);
    }

    private static string EndOf(Finding finding, RecordedDecisions recorded) =>
        finding.Evidence.GetValueOrDefault("decision") is not { } id || recorded.Find(id) is not { } decision
            ? "None of these questions waits any more."
            : decision.Outcome switch
            {
                DecisionState.Withdrawn => $"Rekey took the question back: {decision.WithdrawnBecause}",
                DecisionState.Declined => $"Declined by {decision.AnsweredBy} at {decision.AnsweredAt:u}: nothing is done.",
                DecisionState.Lapsed => $"Nobody answered by {decision.DueAt:u}: the question lapsed, and nothing is done.",
                DecisionState.Approved when decision.AnsweredBy is not null =>
                    $"Approved by {decision.AnsweredBy} at {decision.AnsweredAt:u}: Rekey carries it out.",
                DecisionState.Approved => $"Nobody answered by {decision.DueAt:u}: the question expired, and Rekey carries it out.",
                _ => "The question is part of another finding.",
            };
}
