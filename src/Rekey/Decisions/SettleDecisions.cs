using Rekey.Findings;
using Rekey.Ledgers;

namespace Rekey.Decisions;

/// <summary>
/// Settles what was left open: writes into each row the answer that the ledger has, which a process that died did not, or none, and puts on record what became of questions that
/// nobody answered in time: silence is an answer that an auditor asks for. What only a row says is told: nobody but Rekey writes there.
/// </summary>
public sealed class SettleDecisions(IRecords<Decision> decisions, DecisionLedger onRecord, ILedger ledger, IFindings findings, TimeProvider clock)
{
    public async Task RunAsync(CancellationToken cancel)
    {
        // 1. Silence, from the ledger alone.
        foreach (var decision in (await onRecord.ReadAsync(cancel)).Expired(clock.GetUtcNow()))
        {
            await ledger.AppendAsync(new($"decision-expired/{decision.Id}", LedgerKinds.DecisionExpired, decision.About, Facts.Of(
                ("decision", decision.Id), ("kind", decision.Kind), ("planHash", decision.PlanHash), ("expiresAt", decision.ExpiresAt.ToString("O")),
                ("outcome", decision.OnExpiry is OnExpiry.CarryOut ? "carried-out" : "lapsed"))), cancel);
        }

        // 2. The rows.
        var recorded = await onRecord.ReadAsync(cancel);
        await foreach (var read in decisions.ListAsync("decision", cancel))
        {
            var (row, now) = (read.Value, clock.GetUtcNow());
            if (!recorded.HasWordsOf(row) || IsClaimed(row, recorded.Of(row)))
            {
                // It may have been asked or answered since.
                recorded = await onRecord.ReadAsync(cancel);
            }

            var decision = recorded.Of(row);
            if (!recorded.HasWordsOf(row) || IsClaimed(row, decision))
            {
                await findings.RaiseAsync(DecisionFindings.NotOnRecord(row, recorded.HasWordsOf(row), now), cancel);
            }

            if (decision.State != row.State || decision.AnsweredBy != row.AnsweredBy || decision.AnsweredAt != row.AnsweredAt)
            {
                // A row that claims what the ledger does not have is asked again. A lost race is somebody who wrote the same.
                await decisions.ReplaceAsync(read, decision, cancel);
            }
        }
    }

    /// <summary>An answer is in the ledger before it is in its row: a row that has another one, or one more, was written by somebody else.</summary>
    private static bool IsClaimed(Decision row, Decision decision) => row.State is not DecisionState.Pending && (row.State != decision.State || row.AnsweredBy != decision.AnsweredBy);
}
