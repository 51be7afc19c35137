using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Detections.Campaigns;
using Rekey.Rotations;
using Rekey.Rotations.Planning;
using Rekey.Stopping;

namespace Rekey.Detections.Responses;

/// <summary>
/// Orders the immediate rotation of stolen keys. With proof, the order follows the rotation mode and bypasses the mass brake (T11);
/// without proof, it is always a question to an approver. While Rekey is stopped, it orders none.
/// </summary>
public sealed class OrderForgedKeys(
    PlanRotation plan,
    KillSwitch killSwitch,
    RotationOptions rotations,
    IRecords<TokenCampaign> campaigns,
    TimeProvider timeProvider
)
{
    public async Task<Versioned<TokenCampaign>> RunAsync(
        Versioned<TokenCampaign> campaign,
        IReadOnlyList<ForgeryEvidence> evidence,
        Failures failures,
        CancellationToken cancellationToken
    )
    {
        if (await killSwitch.IsStoppedAsync(cancellationToken))
        {
            return campaign;
        }

        foreach (var found in evidence)
        {
            await failures.TryAsync(() => OrderAsync(found));
        }

        return campaign;

        async Task OrderAsync(ForgeryEvidence found)
        {
            var mode = found.Grade is ForgeryGrade.Proven || rotations.Mode is ResponseMode.Observe ? rotations.Mode : ResponseMode.Ask;
            var name = $"{found.Cause}: {mode}";
            var isOrdered = campaign.Value.Ordered.Contains(name, StringComparer.Ordinal);
            if (isOrdered && (mode is ResponseMode.Observe || await plan.KnowsAsync(found.Version.Key.Key, found.Cause, cancellationToken)))
            {
                return;
            }

            // 1. Save when the key was first suspected, so that a retry after a crash makes the same order.
            if (!campaign.Value.Suspected.ContainsKey(found.Cause))
            {
                campaign = await SaveAsync(
                    campaign,
                    campaign.Value with
                    {
                        Suspected = new Dictionary<string, DateTimeOffset>(campaign.Value.Suspected, StringComparer.Ordinal)
                        {
                            [found.Cause] = timeProvider.GetUtcNow(),
                        },
                    },
                    cancellationToken
                );
            }

            // 2. Order the rotation. The time of the theft is unknown, so the order covers all versions up to now. If no approver
            // answers, the rotation for a likely or proven theft is carried out; for a suspicion it is not.
            await plan.PlanAsync(
                new(
                    found.Version.Key.Key,
                    found.Cause,
                    Urgency.Immediate,
                    campaign.Value.Suspected[found.Cause],
                    found.Why,
                    [],
                    found.Grade is ForgeryGrade.Suspected ? OnExpiry.Lapse : OnExpiry.CarryOut
                )
                {
                    Supersedes = found.Supersedes,
                },
                mode,
                cancellationToken
            );

            // 3. Save the order, unless only the record of an earlier order was lost.
            campaign = isOrdered
                ? campaign
                : await SaveAsync(campaign, campaign.Value with { Ordered = [.. campaign.Value.Ordered, name] }, cancellationToken);
        }
    }

    private async Task<Versioned<TokenCampaign>> SaveAsync(
        Versioned<TokenCampaign> read,
        TokenCampaign value,
        CancellationToken cancellationToken
    ) =>
        await campaigns.ReplaceAsync(read, value, cancellationToken)
        ?? throw new RetryLaterException("Another process is settling this campaign. Rekey retries.", TimeSpan.FromSeconds(1));
}
