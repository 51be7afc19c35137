using Rekey.Core;
using Rekey.Core.Records;

namespace Rekey.Decisions;

/// <summary>Puts a question to the approvers. Asked twice, it is one question.</summary>
public sealed class AskForDecision(
    IHintRows<Decision> decisions,
    DecisionLedger onRecord,
    DecisionOptions options,
    TimeProvider timeProvider
)
{
    /// <summary>The id that the question has, asked or not.</summary>
    public static string IdOf(string kind, string about, string plan) => StableId.Of("decision", StableId.HexOf(kind, about, plan));

    /// <summary>Whether people can read the question. Its words lie in a row, which may have been deleted or altered: asked again, they are
    /// there again.</summary>
    public async Task<bool> CanBeReadAsync(string decisionId, CancellationToken cancellationToken) =>
        (await decisions.FindReadableAsync("decision", decisionId, cancellationToken)).Value is { } row
        && (await onRecord.ReadAsync(cancellationToken)).HasWordsOf(row);

    /// <summary>What an answer must repeat: it binds to the plan and to the very words that were read.</summary>
    internal static string HashOf(string id, string statement) => StableId.HexOf(id, statement);

    /// <summary>What the ledger keeps of an approver's words; empty when there are none.</summary>
    internal static string ReasonHashOf(string id, string? reason) => reason is null ? "" : StableId.HexOf("reason", id, reason);

    /// <summary>The decision as the ledger has it, new or as it stands.</summary>
    /// <param name="statement">What will happen on yes and on no, in plain words.</param>
    /// <param name="plan">Exactly what is to be approved: the same plan is the same question.</param>
    public async Task<Decision> AskAsync(
        string kind,
        string about,
        string statement,
        string plan,
        IReadOnlyList<string> initiators,
        OnExpiry onExpiry,
        CancellationToken cancellationToken
    )
    {
        // 1. The same question has the same id. The ledger first: nobody is asked what is not on record, and a row may have been there
        // before anybody asked.
        var (id, now) = (IdOf(kind, about, plan), timeProvider.GetUtcNow());
        var decision = new Decision(
            id,
            kind,
            about,
            statement,
            HashOf(id, statement),
            initiators,
            now,
            now + options.TimeToAnswer,
            onExpiry
        );
        await onRecord.AskAsync(decision, cancellationToken);

        // 2. In its row, in the words of whoever was first. What else a row says that stands there does not count.
        var (row, unreadable) = await decisions.FindReadableAsync("decision", id, cancellationToken);
        row ??= unreadable is null ? (await decisions.InsertAsync(decision, cancellationToken))?.Value : null;

        // 3. Words in which nobody asked, and a row that nobody can read, are written over.
        var recorded = await onRecord.ReadAsync(cancellationToken);
        if (row is null || !recorded.HasWordsOf(row))
        {
            row = (await decisions.OverwriteAsync(decision, cancellationToken)).Value;
        }

        return recorded.Of(id, row)!;
    }
}
