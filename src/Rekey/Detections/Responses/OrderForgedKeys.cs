using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Detections.Campaigns;
using Rekey.Rotations;
using Rekey.Rotations.Planning;

namespace Rekey.Detections.Responses;

/// <summary>
/// Sends keys into immediate rotation that somebody else signs with. With proof by the mode of rotations and past the mass brake (T11),
/// short of it as a question, and never not at all.
/// </summary>
public sealed class OrderForgedKeys(
    PlanRotation plan,
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

            // 1. When it was first suspected, saved first: an order that is repeated after a crash must be the same order.
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

            // 2. Ordered. Nobody has said since when the thief has had it, or that they have nothing newer: all versions made up to now are
            // covered. What holds a stolen key carries itself out when nobody answers; a mere suspicion does not.
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

            // 3. Remembered, unless what was ordered before had only been lost.
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
        ?? throw new RetryLaterException("Another process is at this campaign.", TimeSpan.FromSeconds(1));
}
