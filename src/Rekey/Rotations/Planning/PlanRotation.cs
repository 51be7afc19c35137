using Rekey.Core;
using Rekey.Decisions;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Messaging;
using Rekey.Trust;

namespace Rekey.Rotations.Planning;

/// <summary>Takes an order for a rotation, in one of the three modes. May be repeated: one cause, one rotation.</summary>
public sealed class PlanRotation(
    ILedgerRecords<Rotation> rotations,
    AskForDecision decisions,
    ILedger ledger,
    IWorkQueue queue,
    TimeProvider timeProvider
)
{
    public async Task PlanAsync(RotationOrder order, ResponseMode mode, CancellationToken cancellationToken)
    {
        // 1. Observe: put it on record, and do nothing else.
        if (mode is ResponseMode.Observe)
        {
            var request = new RotationRequest(order.Cause, order.Urgency, order.CoveredUntil, DecisionId: null);
            await ledger.AppendAsync(
                new(
                    $"{LedgerKinds.RotationObserved}/{order.Key.Id}/{order.Cause}",
                    LedgerKinds.RotationObserved,
                    order.Key.Id,
                    request.Facts()
                ),
                cancellationToken
            );
            return;
        }

        // 2. A known cause is not planned again. If the words of its question are lost, it is asked again.
        if ((await rotations.FindAsync(Rotation.Live, order.Key.Row, cancellationToken))?.Value is { } known && known.Knows(order.Cause))
        {
            if (known.Waiting.Any(w => w.Cause == order.Cause && w.DecisionId == DecisionIdOf(order)))
            {
                await AskAsync(order, cancellationToken);
            }

            await queue.EnqueueRotationAsync(order.Key.Id, delay: null, cancellationToken);
            return;
        }

        // 3. Ask: the question exists before the rotation that waits for it.
        var decision = mode is ResponseMode.Ask ? await AskAsync(order, cancellationToken) : null;

        // 4. Put it on record.
        await SaveAsync(order, new(order.Cause, order.Urgency, order.CoveredUntil, decision?.Id), decision, cancellationToken);

        // 5. Enqueue it; if this message is lost, the timer finds the rotation.
        await queue.EnqueueRotationAsync(order.Key.Id, delay: null, cancellationToken);
    }

    /// <summary>Whether the key's rotation has this cause: under way, dealt with, or waiting for a readable question.</summary>
    public async Task<bool> KnowsAsync(SigningKey key, string cause, CancellationToken cancellationToken) =>
        (await rotations.FindAsync(Rotation.Live, key.Row, cancellationToken))?.Value is { } rotation
        && rotation.Knows(cause)
        && (
            rotation.Waiting.FirstOrDefault(w => w.Cause == cause)?.DecisionId is not { } question
            || await decisions.CanBeReadAsync(question, cancellationToken)
        );

    /// <summary>The id of the decision that this order waits for in mode <c>ask</c>.</summary>
    internal static string DecisionIdOf(RotationOrder order) => AskForDecision.IdOf(DecisionKinds.Rotate, order.Key.Id, PlanOf(order));

    private Task<Decision> AskAsync(RotationOrder order, CancellationToken cancellationToken) =>
        decisions.AskAsync(
            DecisionKinds.Rotate,
            order.Key.Id,
            Statement(order),
            PlanOf(order),
            order.Initiators,
            order.OnExpiry,
            cancellationToken,
            order.WhileGone
        );

    private static string PlanOf(RotationOrder order) => $"{order.Cause}|{order.Urgency}|{order.CoveredUntil:O}";

    private async Task SaveAsync(RotationOrder order, RotationRequest request, Decision? decision, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await rotations.FindAsync(Rotation.Live, order.Key.Row, cancellationToken);
            var standing = read?.Value ?? new Rotation(order.Key, Number: 1);
            if (standing.Knows(request.Cause))
            {
                return;
            }

            // Add a request only. The holder of the lease admits it; no other process changes its work.
            var planned = standing.Supersede(order.Supersedes).Park(request) with
            {
                NextStepAt = Earliest(standing, decision is null ? timeProvider.GetUtcNow() : decision.ExpiresAt),
            };
            var what = RotationEvents.Planned(order.Key, request);
            if (
                (
                    read is null
                        ? await rotations.InsertAsync(planned, what, cancellationToken)
                        : await rotations.ReplaceAsync(read, planned, what, cancellationToken)
                )
                is not null
            )
            {
                return;
            }
        }
    }

    private static DateTimeOffset Earliest(Rotation standing, DateTimeOffset due) =>
        standing is { IsActive: true, NextStepAt: { } was } && was < due ? was : due;

    private static string Statement(RotationOrder order) =>
        order.Urgency is Urgency.Immediate
            ? $"{order.Why} On yes: {order.Key.Id} gets a new version at once; the old versions stop signing and are "
                + "revoked; every live token that they signed is refused. On no: the old versions stay trusted."
            : $"{order.Why} On yes: {order.Key.Id} gets a new version; the old ones are retired once their last honest token has "
                + "expired. On no: the old versions stay trusted.";
}
