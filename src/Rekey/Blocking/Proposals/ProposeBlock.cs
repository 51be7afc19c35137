using Rekey.Blocking.Record;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Trust;

namespace Rekey.Blocking.Proposals;

/// <summary>
/// Asks the approvers for an operator's request to block or unblock. Blocking a subject locks people out, and unblocking lets a forger in
/// again: neither is one person's decision.
/// </summary>
public sealed class ProposeBlock(
    BlockProposals proposals,
    AskForDecision decisions,
    DecisionLedger onRecord,
    ReadBlocklist reader,
    GovernedKeys governedKeys,
    TrustOptions trust,
    DecisionOptions options,
    TimeProvider timeProvider
)
{
    /// <summary>The reason code of an entry that people decided.</summary>
    public const string Decided = "decided";

    /// <summary>Asks whether tokens shall be blocked.</summary>
    /// <param name="issuer">Name or exact <c>iss</c> of a governed issuer.</param>
    /// <param name="issuedBefore">For a subject or a kid; null is now.</param>
    /// <param name="why">The operator's words, for the approver.</param>
    /// <exception cref="CannotContinueException">It would name nothing, or would block tokens that are not issued yet.</exception>
    public async Task<Decision> BlockAsync(
        BlockKind kind,
        string issuer,
        string value,
        DateTimeOffset? issuedBefore,
        string why,
        string operatorId,
        CancellationToken cancellationToken
    )
    {
        // 1. Limit it by the longest lifetime of a token, and by the time to answer.
        var now = timeProvider.GetUtcNow();
        var bound = governedKeys.Issuers.FirstOrDefault(i => i.Name == issuer || i.Issuer == issuer)
            ?? throw new CannotContinueException(
                "issuer-not-governed",
                $"This deployment governs no issuer '{issuer}'.",
                "Name an issuer under Rekey:Issuers."
            );
        var before = kind is BlockKind.Subject or BlockKind.Kid ? issuedBefore ?? now : (DateTimeOffset?)null;
        if (before > now + options.TimeToAnswer)
        {
            throw new CannotContinueException(
                "issued-before-too-late",
                "An entry cannot block tokens that are not issued yet: that would lock an account. Disable the account instead.",
                $"Name a time up to {options.TimeToAnswer} from now."
            );
        }

        var entry = BlockRules.Checked(
            new(kind, bound.Issuer, value, before, (before ?? now) + trust.MaxTokenLifetime + trust.ClockSkew, Decided, FindingId: null)
            {
                Kid = kind is BlockKind.Kid ? value : null,
            }
        );
        if (entry.ExpiresAt <= now)
        {
            throw new CannotContinueException(
                "issued-before-too-early",
                "No token that was issued before that time can still be valid.",
                "Name a later time."
            );
        }

        // 2. Store the plan, then ask.
        var statement = $"On yes, {Named(entry)} are refused until {entry.ExpiresAt:u}. On no nothing changes. The operator says: {why}";
        return await AskAsync(DecisionKinds.Block, entry, statement, operatorId, cancellationToken);
    }

    /// <summary>Asks whether an entry shall be removed; null when there is none.</summary>
    public async Task<Decision?> UnblockAsync(string entryId, string why, string operatorId, CancellationToken cancellationToken)
    {
        if ((await reader.ReadAsync(cancellationToken)).Find(entryId, timeProvider.GetUtcNow()) is not { } entry)
        {
            return null;
        }

        var statement =
            $"On yes, {Named(entry)} are accepted again from now on, not only when the entry expires at "
            + $"{entry.ExpiresAt:u}. It was listed as "
            + $"'{entry.Reason}'{(entry.FindingId is { } finding ? $" by finding {finding}" : "")}. On no nothing changes. "
            + $"The operator says: {why}";
        return await AskAsync(DecisionKinds.Unblock, entry, statement, operatorId, cancellationToken);
    }

    private async Task<Decision> AskAsync(
        string kind,
        BlockEntry entry,
        string statement,
        string operatorId,
        CancellationToken cancellationToken
    )
    {
        // An approval counts once: if it was carried out, and the list needs the same change again, ask again.
        var (recorded, now) = (await onRecord.ReadAsync(cancellationToken), timeProvider.GetUtcNow());
        var list = await reader.ReadAsync(cancellationToken);
        var isNeeded =
            kind is DecisionKinds.Unblock ? list.Find(entry.Id, now) == entry : list.Towards([entry], [], now) is { Add.Count: > 0 };
        return await AskForDecision.AskAgainAsync(
            async round =>
            {
                var proposal = BlockProposal.Of(kind, entry, $"{round}", timeProvider.GetUtcNow());
                await proposals.KeepAsync(proposal, cancellationToken);
                return await decisions.AskAsync(
                    kind,
                    proposal.About,
                    statement,
                    proposal.Wish,
                    [operatorId],
                    OnExpiry.Lapse,
                    cancellationToken
                );
            },
            isUsed: d => isNeeded && recorded.WasCarriedOut(d.Id)
        );
    }

    private static string Named(BlockEntry entry) =>
        entry.Kind switch
        {
            BlockKind.SigningInput => $"tokens of {entry.Issuer} with the signing-input hash {entry.Value}",
            BlockKind.Token => $"tokens of {entry.Issuer} with the jti '{entry.Value}'",
            BlockKind.Subject => $"all tokens of {entry.Issuer} for the subject '{entry.Value}' issued up to {entry.IssuedBefore:u}",
            _ => $"all tokens of {entry.Issuer} under the kid '{entry.Value}' issued up to {entry.IssuedBefore:u}",
        };
}
