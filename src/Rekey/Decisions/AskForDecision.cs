using Rekey.Core;
using Rekey.Core.Records;

namespace Rekey.Decisions;

/// <summary>Asks the approvers a question. Asked twice, it is one question.</summary>
public sealed class AskForDecision(
    IHintRows<Decision> decisions,
    DecisionLedger onRecord,
    WaitingQuestions waiting,
    DecisionOptions options,
    TimeProvider timeProvider
)
{
    /// <summary>The id of the question, asked or not.</summary>
    public static string IdOf(string kind, string about, string plan) => StableId.Of("decision", StableId.HexOf(kind, about, plan));

    /// <summary>
    /// Whether people can read the question. Its words are in a row, which may have been deleted or altered; asking again restores them.
    /// </summary>
    public async Task<bool> CanBeReadAsync(string decisionId, CancellationToken cancellationToken) =>
        (await decisions.FindReadableAsync("decision", decisionId, cancellationToken)).Value is { } row
        && (await onRecord.ReadAsync(cancellationToken)).HasWordsOf(row);

    /// <summary>The plan hash that an answer must repeat: it binds to the plan and to the exact words.</summary>
    internal static string HashOf(string id, string statement) => StableId.HexOf(id, statement);

    /// <summary>The hash of an approver's words for the ledger; empty when there are none.</summary>
    internal static string ReasonHashOf(string id, string? reason) => reason is null ? "" : StableId.HexOf("reason", id, reason);

    /// <summary>Asks the question, and returns the decision on record, new or existing.</summary>
    /// <param name="statement">What will happen on yes and on no, in plain words.</param>
    /// <param name="plan">Exactly what is approved: the same plan is the same question.</param>
    /// <param name="whileGone">Object id of a person: silence carries it out only while their account is closed. Null for always.</param>
    public async Task<Decision> AskAsync(
        string kind,
        string about,
        string statement,
        string plan,
        IReadOnlyList<string> initiators,
        OnExpiry onExpiry,
        CancellationToken cancellationToken,
        string? whileGone = null
    )
    {
        // 1. Write the ledger first: a question that is not on record is not shown, and a row may have been planted before the question.
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
        var isNew = await onRecord.AskAsync(decision, whileGone, cancellationToken);

        // 2. Write the row, in the words that were asked first. An existing row's other claims do not count.
        var (row, unreadable) = await decisions.FindReadableAsync("decision", id, cancellationToken);
        row ??= unreadable is null ? (await decisions.InsertAsync(decision, cancellationToken))?.Value : null;

        // 3. Overwrite a row that has other words or cannot be read.
        var recorded = await onRecord.ReadAsync(cancellationToken);
        if (row is null || !recorded.HasWordsOf(row))
        {
            row = (await decisions.OverwriteAsync(decision, cancellationToken)).Value;
        }

        // 4. Report a new question to people. After a crash before this the timer does it.
        if (isNew)
        {
            await waiting.ReconcileAsync(cancellationToken);
        }

        return await onRecord.ExpireAsync(recorded.Of(id, row)!, timeProvider.GetUtcNow(), cancellationToken);
    }

    /// <summary>Asks the same again when it lapsed or was declined: each round is a question of its own.</summary>
    /// <param name="askAsync">Asks one round, counted from 0. The number must be part of the plan.</param>
    /// <param name="mayAsk">Whether one that is over so may be asked again now; null for always.</param>
    /// <param name="isUsed">Whether an approval was carried out and counts for nothing more; null for never.</param>
    public static async Task<Decision> AskAgainAsync(
        Func<int, Task<Decision>> askAsync,
        Func<Decision, bool>? mayAsk = null,
        Func<Decision, bool>? isUsed = null
    )
    {
        for (var round = 0; ; round++)
        {
            var decision = await askAsync(round);
            if (
                decision.Outcome is DecisionState.Pending
                || (decision.Outcome is DecisionState.Approved && isUsed?.Invoke(decision) is not true)
                || mayAsk?.Invoke(decision) is false
            )
            {
                return decision;
            }
        }
    }
}
