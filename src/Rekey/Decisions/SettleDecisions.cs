using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Decisions.Answers;
using Rekey.Findings;

namespace Rekey.Decisions;

/// <summary>
/// Gives each decision to the handler of its kind: at once when it is answered, by the timer when it expires. The timer records expired
/// decisions, and makes the findings about waiting questions follow. It then checks the rows with the words: a claim that only a row has
/// becomes a finding, since only Rekey may write there. It removes rows of old decisions.
/// </summary>
public sealed class SettleDecisions(
    IRecords<Decision> decisions,
    DecisionLedger onRecord,
    IEnumerable<IDecisionHandler> handlers,
    WaitingQuestions waiting,
    IFindings findings,
    TimeProvider timeProvider
)
{
    /// <summary>For how many planted rows one run raises a finding. Every finding is a line of a ledger that nobody can delete.</summary>
    private const int FindingsARun = 20;

    /// <summary>The retention of the words of settled decisions. The ledger keeps the outcome.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private readonly Dictionary<string, IDecisionHandler> _handlers = handlers
        .SelectMany(h => h.Kinds.Select(k => (Kind: k, Handler: h)))
        .ToDictionary(h => h.Kind, h => h.Handler, StringComparer.Ordinal);

    /// <summary>Carries out the decision; nothing while it waits for an answer.</summary>
    /// <exception cref="CannotContinueException">No handler knows its kind: that is a finding, and nothing is done.</exception>
    public async Task CarryOutAsync(Decision decision, CancellationToken cancellationToken)
    {
        if (decision.Outcome is DecisionState.Pending)
        {
            return;
        }

        if (!_handlers.TryGetValue(decision.Kind, out var handler))
        {
            var finding = DecisionFindings.UnknownKind(decision, timeProvider.GetUtcNow());
            await findings.RaiseAsync(finding, cancellationToken);
            throw new CannotContinueException(finding.Kind, finding.Title, finding.Remedy);
        }

        await handler.CarryOutAsync(decision, cancellationToken);

        // After a crash before this the timer closes its finding.
        await waiting.ReconcileAsync(cancellationToken);
    }

    /// <summary>Runs on the timer.</summary>
    /// <param name="silenceCounts">Whether a question that expired may be carried out now; false while Rekey is stopped.</param>
    public async Task RunAsync(CancellationToken cancellationToken, bool silenceCounts = true)
    {
        var failures = new Failures();

        // 1. Use the ledger alone: neither a row nor a missing row keeps a question open.
        var (recorded, now) = (await onRecord.ReadAsync(cancellationToken), timeProvider.GetUtcNow());
        foreach (
            var decision in recorded.Open.Where(d =>
                d.StateAt(now) is not DecisionState.Pending && (silenceCounts || d.OnExpiry is OnExpiry.Lapse)
            )
        )
        {
            var expired = await onRecord.ExpireAsync(decision, now, cancellationToken);
            if (expired is { IsExpired: true, OnExpiry: OnExpiry.CarryOut })
            {
                await failures.TryAsync(() => CarryOutAsync(expired, cancellationToken));
            }
        }

        // 2. Report what waits now, and close the findings about what is over.
        await failures.TryAsync(() => waiting.ReconcileAsync(cancellationToken));

        // 3. Check the rows. An intruder who plants very many causes a few findings, and all planted rows are removed.
        var planted = 0;
        await foreach (var read in decisions.ListAsync("decision", cancellationToken))
        {
            if (!IsOnRecord(read.Value, recorded))
            {
                // It may have been asked or answered since the read.
                recorded = await onRecord.ReadAsync(cancellationToken);
            }

            if (!IsOnRecord(read.Value, recorded) && planted++ < FindingsARun)
            {
                var isAsked = recorded.IsAsked(read.Value.Id);
                await findings.RaiseAsync(DecisionFindings.NotOnRecord(read.Value, isAsked, now), cancellationToken);
            }

            await SettleAsync(read, recorded, cancellationToken);
        }

        failures.Throw();
    }

    private async Task SettleAsync(Versioned<Decision> read, RecordedDecisions recorded, CancellationToken cancellationToken)
    {
        var (row, now) = (read.Value, timeProvider.GetUtcNow());
        if (
            recorded.Of(row.Id, row) is not { } decision
            || (decision.StateAt(now) is not DecisionState.Pending && now >= (decision.AnsweredAt ?? decision.DueAt) + Kept)
        )
        {
            // A lost race means that another worker asks it right now.
            await decisions.RemoveAsync(read, cancellationToken);
        }
        else if (
            recorded.HasWordsOf(row)
            && (decision.State != row.State || decision.AnsweredBy != row.AnsweredBy || decision.AnsweredAt != row.AnsweredAt)
        )
        {
            // A lost race means that another worker wrote the same.
            await decisions.ReplaceAsync(read, decision, cancellationToken);
        }
    }

    /// <summary>
    /// Whether the ledger has what the row claims. Rekey writes the ledger first, so a row that claims more was written by another
    /// principal.
    /// </summary>
    private static bool IsOnRecord(Decision row, RecordedDecisions recorded) =>
        recorded.Of(row.Id, row) is { } decision
        && recorded.HasWordsOf(row)
        && (row.State is DecisionState.Pending || (row.State == decision.State && row.AnsweredBy == decision.AnsweredBy));
}
