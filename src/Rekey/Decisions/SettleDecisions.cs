using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Decisions.Answers;
using Rekey.Findings;

namespace Rekey.Decisions;

/// <summary>
/// Gives each decision to the handler of its kind: at once when it is answered, by the timer when silence carries it out. The timer puts on
/// record what nobody answered in time. Then it looks into the rows, where the words lie: what only a row says is told, since nobody but
/// Rekey writes there, and rows of what was over long ago are removed.
/// </summary>
public sealed class SettleDecisions(
    IRecords<Decision> decisions,
    DecisionLedger onRecord,
    IEnumerable<IDecisionHandler> handlers,
    IFindings findings,
    TimeProvider timeProvider
)
{
    /// <summary>For how many planted rows one run raises a finding. Every finding is a line of a ledger that nobody can delete.</summary>
    private const int FindingsARun = 20;

    /// <summary>How long the words are kept of a decision that is over. The ledger keeps what was decided.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private readonly Dictionary<string, IDecisionHandler> _handlers = handlers
        .SelectMany(h => h.Kinds.Select(k => (Kind: k, Handler: h)))
        .ToDictionary(h => h.Kind, h => h.Handler, StringComparer.Ordinal);

    /// <summary>Does what the answer calls for.</summary>
    /// <exception cref="CannotContinueException">Nothing here knows decisions of its kind: that is a finding, and nothing is
    /// done.</exception>
    public async Task CarryOutAsync(Decision decision, CancellationToken cancellationToken)
    {
        if (!_handlers.TryGetValue(decision.Kind, out var handler))
        {
            var finding = DecisionFindings.UnknownKind(decision, timeProvider.GetUtcNow());
            await findings.RaiseAsync(finding, cancellationToken);
            throw new CannotContinueException(finding.Kind, finding.Title, finding.Remedy);
        }

        await handler.CarryOutAsync(decision, cancellationToken);
    }

    /// <summary>What the timer does.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var failures = new Failures();

        // 1. By the ledger alone: no row, and none that is missing, keeps a question open.
        var (recorded, now) = (await onRecord.ReadAsync(cancellationToken), timeProvider.GetUtcNow());
        foreach (var decision in recorded.Open.Where(d => now >= d.ExpiresAt))
        {
            await onRecord.RecordExpiredAsync(decision, cancellationToken);
            if (decision.OnExpiry is OnExpiry.CarryOut)
            {
                await failures.TryAsync(() => CarryOutAsync(decision, cancellationToken));
            }
        }

        // 2. What lies in the rows. Somebody who plants very many gets a few findings, and loses the rows all the same.
        var planted = 0;
        await foreach (var read in decisions.ListAsync("decision", cancellationToken))
        {
            if (!IsOnRecord(read.Value, recorded))
            {
                // It may have been asked or answered since.
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
        if (recorded.Of(row.Id, row) is not { } decision || now >= (decision.AnsweredAt ?? decision.ExpiresAt) + Kept)
        {
            // A lost race is somebody who asks it just now.
            await decisions.RemoveAsync(read, cancellationToken);
        }
        else if (
            recorded.HasWordsOf(row)
            && (decision.State != row.State || decision.AnsweredBy != row.AnsweredBy || decision.AnsweredAt != row.AnsweredAt)
        )
        {
            // A lost race is somebody who wrote the same.
            await decisions.ReplaceAsync(read, decision, cancellationToken);
        }
    }

    /// <summary>An answer is in the ledger before it is in its row, and so is a question with its words: a row that says more was written
    /// by somebody else.</summary>
    private static bool IsOnRecord(Decision row, RecordedDecisions recorded) =>
        recorded.Of(row.Id, row) is { } decision
        && recorded.HasWordsOf(row)
        && (row.State is DecisionState.Pending || (row.State == decision.State && row.AnsweredBy == decision.AnsweredBy));
}
