using Rekey.Ledgers;

namespace Rekey.Decisions;

/// <summary>Puts a question to the approvers. Asked twice, it is one question.</summary>
public sealed class AskForDecision(IRecords<Decision> decisions, ILedger ledger, DecisionOptions options, TimeProvider clock)
{
    /// <summary>The id that the question has, asked or not.</summary>
    public static string IdOf(string kind, string about, string plan) => StableId.Of("decision", StableId.HexOf(kind, about, plan));

    /// <summary>What an answer must repeat: it binds to the plan and to the very words that were read.</summary>
    internal static string HashOf(string id, string statement) => StableId.HexOf(id, statement);

    /// <summary>The decision, new or as it stands.</summary>
    /// <param name="statement">What will happen on yes and on no, in plain words.</param>
    /// <param name="plan">Exactly what is to be approved: the same plan is the same question.</param>
    public async Task<Decision> AskAsync(string kind, string about, string statement, string plan, IReadOnlyList<string> initiators, OnExpiry onExpiry, CancellationToken cancel)
    {
        // 1. The same question has the same id. Of a row that stands there only the answer counts: what was asked is what is asked now.
        var id = IdOf(kind, about, plan);
        var planHash = HashOf(id, statement);
        if (await decisions.FindAsync("decision", id, cancel) is { } standing)
        {
            return standing.Value with { Kind = kind, About = about, Statement = statement, PlanHash = planHash };
        }

        // 2. The ledger first: nobody is asked what is not on record.
        var now = clock.GetUtcNow();
        var decision = new Decision(id, kind, about, statement, planHash, initiators, now, now + options.TimeToAnswer, onExpiry);
        await ledger.AppendAsync(new($"decision-asked/{id}", LedgerKinds.DecisionAsked, about, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["decision"] = id,
            ["kind"] = kind,
            ["planHash"] = planHash,
            ["onExpiry"] = onExpiry.ToString(),
            ["expiresAt"] = decision.ExpiresAt.ToString("O"),
        }), cancel);

        // 3. Whoever was first asked it.
        return (await decisions.InsertAsync(decision, cancel) ?? await decisions.FindAsync("decision", id, cancel))?.Value
            ?? throw new RetryLaterException("A decision came and went while it was asked.");
    }
}
