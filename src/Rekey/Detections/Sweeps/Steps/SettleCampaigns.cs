using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Detections.Campaigns;

namespace Rekey.Detections.Sweeps.Steps;

/// <summary>Settles earlier campaigns: issuances arrive late, holds expire, approvers answer.</summary>
public sealed class SettleCampaigns(
    IRecords<TokenCampaign> campaigns,
    SettleCampaign settle,
    SweepContexts contexts,
    TimeProvider timeProvider
)
{
    /// <summary>Settles every active campaign, in a different order each time, so that time does not always run out for the same
    /// one.</summary>
    /// <param name="until">When to leave the rest to the next run.</param>
    /// <param name="failures">Collects failed steps, which the next run retries.</param>
    /// <returns>The campaigns whose verdicts could not be checked again.</returns>
    public async Task<IReadOnlySet<string>> RunAsync(DateTimeOffset until, Failures failures, CancellationToken cancellationToken)
    {
        var unjudged = new HashSet<string>(StringComparer.Ordinal);
        var context = await contexts.ReadAsync(cancellationToken);
        var now = timeProvider.GetUtcNow();
        var active = await campaigns
            .ListAsync(TokenCampaign.All, cancellationToken)
            .Select(c => c.Value)
            .Where(c => c.IsActive)
            .ToListAsync(cancellationToken);
        foreach (
            var campaign in active
                .OrderBy(c => StableId.Of(c.Id, now.ToString("O")), StringComparer.Ordinal)
                .TakeWhile((_, n) => n == 0 || timeProvider.GetUtcNow() < until)
        )
        {
            await failures.TryAsync(async () =>
            {
                var moved = new HashSet<string>(StringComparer.Ordinal);
                if (!await settle.JudgeAgainAsync(campaign.Id, until, context, moved, failures, cancellationToken))
                {
                    unjudged.Add(campaign.Id);
                }

                foreach (var other in moved)
                {
                    await settle.RunAsync(other, context, mayWeighHeld: !unjudged.Contains(other), failures, cancellationToken);
                }
            });
        }

        return unjudged;
    }

    /// <summary>Settles one campaign, whose question was answered.</summary>
    public async Task RunAsync(string campaignId, Failures failures, CancellationToken cancellationToken) =>
        await settle.RunAsync(campaignId, await contexts.ReadAsync(cancellationToken), mayWeighHeld: true, failures, cancellationToken);

    /// <summary>Marks lost campaigns as read again: every log line was read, so the tokens in the logs were found again.</summary>
    public async Task RecoverAsync(Failures failures, CancellationToken cancellationToken)
    {
        foreach (
            var campaign in await campaigns
                .ListAsync(TokenCampaign.All, cancellationToken)
                .Select(c => c.Value)
                .Where(c => c.LostAt is not null)
                .ToListAsync(cancellationToken)
        )
        {
            var context = await contexts.ReadAsync(cancellationToken);
            await failures.TryAsync(() => settle.RecoverAsync(campaign.Id, context, failures, cancellationToken));
        }
    }
}
