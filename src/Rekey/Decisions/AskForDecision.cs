namespace Rekey.Decisions;

/// <summary>Puts a question to the approvers. Asked twice, it is one question.</summary>
public sealed class AskForDecision(IHintRows<Decision> decisions, DecisionLedger onRecord, DecisionOptions options, TimeProvider clock)
{
    /// <summary>The id that the question has, asked or not.</summary>
    public static string IdOf(string kind, string about, string plan) => StableId.Of("decision", StableId.HexOf(kind, about, plan));

    /// <summary>Whether people can read the question. Its words lie in a row, which may have been deleted or altered: asked again, they are there again.</summary>
    public async Task<bool> CanBeReadAsync(string decisionId, CancellationToken cancel) => await FindAsync(decisionId, cancel) is not null;

    /// <summary>What an answer must repeat: it binds to the plan and to the very words that were read.</summary>
    internal static string HashOf(string id, string statement) => StableId.HexOf(id, statement);

    /// <summary>The decision as the ledger has it, new or as it stands.</summary>
    /// <param name="statement">What will happen on yes and on no, in plain words.</param>
    /// <param name="plan">Exactly what is to be approved: the same plan is the same question.</param>
    public async Task<Decision> AskAsync(string kind, string about, string statement, string plan, IReadOnlyList<string> initiators, OnExpiry onExpiry, CancellationToken cancel)
    {
        // 1. The same question has the same id. The ledger first: nobody is asked what is not on record, and a row may have been there before anybody asked.
        var (id, now) = (IdOf(kind, about, plan), clock.GetUtcNow());
        var decision = new Decision(id, kind, about, statement, HashOf(id, statement), initiators, now, now + options.TimeToAnswer, onExpiry);
        await onRecord.AskAsync(decision, cancel);

        // 2. In its row, in the words of whoever was first. A row with other words, or that cannot be read, is written over.
        var row = await FindAsync(id, cancel) ?? (await decisions.InsertAsync(decision, cancel))?.Value ?? await FindAsync(id, cancel)
            ?? (await decisions.OverwriteAsync(await onRecord.OfAsync(decision, cancel), cancel)).Value;
        return await onRecord.OfAsync(row, cancel);
    }

    /// <summary>The row with words in which it was asked; null when there is none.</summary>
    private async Task<Decision?> FindAsync(string id, CancellationToken cancel) =>
        (await decisions.FindReadableAsync("decision", id, cancel)).Value is { } row && (await onRecord.ReadAsync(cancel)).HasWordsOf(row) ? row : null;
}
