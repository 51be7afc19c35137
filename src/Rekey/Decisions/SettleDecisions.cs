using Rekey.Ledgers;

namespace Rekey.Decisions;

/// <summary>Puts on record what became of questions that nobody answered in time: silence is an answer that an auditor asks for.</summary>
public sealed class RecordExpiries(IRecords<Decision> decisions, ILedger ledger, TimeProvider clock)
{
    public async Task RunAsync(CancellationToken cancel)
    {
        await foreach (var read in decisions.ListAsync("decision", cancel))
        {
            var (decision, now) = (read.Value, clock.GetUtcNow());
            if (decision.State is not DecisionState.Pending || now < decision.ExpiresAt || decision.ExpiryRecordedAt is not null)
            {
                continue;
            }

            await ledger.AppendAsync(new($"decision-expired/{decision.Id}", LedgerKinds.DecisionExpired, decision.About, Facts.Of(
                ("decision", decision.Id), ("kind", decision.Kind), ("planHash", decision.PlanHash), ("expiresAt", decision.ExpiresAt.ToString("O")),
                ("outcome", decision.OnExpiry is OnExpiry.CarryOut ? "carried-out" : "lapsed"))), cancel);

            // A lost race is somebody who wrote the same.
            await decisions.ReplaceAsync(read, decision with { ExpiryRecordedAt = now }, cancel);
        }
    }
}
