using Rekey.Ledgers;

namespace Rekey.Decisions;

/// <summary>
/// Settles what was left open: writes into each row the answer that the ledger has, which a process that died did not, or none, and puts on record what became of questions that
/// nobody answered in time: silence is an answer that an auditor asks for.
/// </summary>
public sealed class SettleDecisions(IRecords<Decision> decisions, AnswerLedger answers, ILedger ledger, TimeProvider clock)
{
    public async Task RunAsync(CancellationToken cancel)
    {
        var recorded = await answers.ReadAsync(cancel);
        await foreach (var read in decisions.ListAsync("decision", cancel))
        {
            var (decision, now) = (recorded.Of(read.Value), clock.GetUtcNow());
            if (decision.State != read.Value.State || decision.AnsweredBy != read.Value.AnsweredBy)
            {
                // A row that claims what the ledger does not have is asked again. A lost race is somebody who wrote the same.
                await decisions.ReplaceAsync(read, decision, cancel);
            }
            else if (decision.State is DecisionState.Pending && now >= decision.ExpiresAt && decision.ExpiryRecordedAt is null)
            {
                await ledger.AppendAsync(new($"decision-expired/{decision.Id}", LedgerKinds.DecisionExpired, decision.About, Facts.Of(
                    ("decision", decision.Id), ("kind", decision.Kind), ("planHash", decision.PlanHash), ("expiresAt", decision.ExpiresAt.ToString("O")),
                    ("outcome", decision.OnExpiry is OnExpiry.CarryOut ? "carried-out" : "lapsed"))), cancel);
                await decisions.ReplaceAsync(read, decision with { ExpiryRecordedAt = now }, cancel);
            }
        }
    }
}
