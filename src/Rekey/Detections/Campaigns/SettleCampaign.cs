using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Detections.Responses;
using Rekey.Detections.Sweeps;

namespace Rekey.Detections.Campaigns;

/// <summary>
/// Updates everything that follows from a campaign's tokens: holds, the finding, rotations and blocks. It depends only on saved state, so
/// it can be killed anywhere and called again.
/// </summary>
public sealed class SettleCampaign(
    IRecords<TokenCampaign> campaigns,
    KeptTokens chunks,
    JudgeAgain judgeAgain,
    OrderForgedKeys order,
    BlockTokens block,
    ReportCampaign report,
    SweepOptions options,
    TimeProvider timeProvider
)
{
    /// <summary>Judges the campaign's tokens again from the log, and settles it.</summary>
    /// <param name="until">When to leave the rest to the next run.</param>
    /// <param name="touched">Collects the campaigns that tokens moved to.</param>
    /// <param name="failures">Collects failed steps, which the next run retries.</param>
    /// <returns>Whether all tokens were judged again.</returns>
    public async Task<bool> JudgeAgainAsync(
        string campaignId,
        DateTimeOffset until,
        SweepContext context,
        ISet<string> touched,
        Failures failures,
        CancellationToken cancellationToken
    )
    {
        var isJudged = true;
        if (await campaigns.FindAsync(TokenCampaign.All, campaignId, cancellationToken) is { } campaign)
        {
            var rows = await CampaignRows.ReadAsync(chunks, campaignId, cancellationToken);
            IReadOnlySet<string> left = new HashSet<string>();
            isJudged =
                await failures.TryAsync(async () =>
                    left = await judgeAgain.RunAsync(campaign.Value, rows, until, context, touched, cancellationToken)
                )
                    is null;
            await SettleAsync(campaign, rows, context, t => isJudged && !left.Contains(t), failures, cancellationToken);
            isJudged &= left.Count == 0;
        }

        return isJudged;
    }

    /// <param name="mayWeighHeld">False if the log could not be read again: held tokens may have been issued, and stay held.</param>
    /// <param name="failures">Collects failed steps, which the next run retries. A thrown error could not even be reported.</param>
    public async Task RunAsync(
        string campaignId,
        SweepContext context,
        bool mayWeighHeld,
        Failures failures,
        CancellationToken cancellationToken
    )
    {
        if (await campaigns.FindAsync(TokenCampaign.All, campaignId, cancellationToken) is { } campaign)
        {
            await SettleAsync(
                campaign,
                await CampaignRows.ReadAsync(chunks, campaignId, cancellationToken),
                context,
                _ => mayWeighHeld,
                failures,
                cancellationToken
            );
        }
    }

    /// <summary>Ends the loss of tokens after the logs were read again: tokens that were not found again lose the verdict.</summary>
    public async Task RecoverAsync(string campaignId, SweepContext context, Failures failures, CancellationToken cancellationToken)
    {
        if (await campaigns.FindAsync(TokenCampaign.All, campaignId, cancellationToken) is { Value.LostAt: not null } read)
        {
            await block.DropAsync(
                read.Value,
                await CampaignRows.ReadAsync(chunks, campaignId, cancellationToken),
                context,
                cancellationToken
            );
            await report.RecoveredAsync(read.Value, cancellationToken);

            // The tokens of the last question may be lost too: ask again. For the same tokens it is the same question.
            if (
                await campaigns.ReplaceAsync(
                    read,
                    read.Value with
                    {
                        LostAt = null,
                        Round = Math.Max(0, read.Value.Round - 1),
                        NoQuestionBefore = null,
                    },
                    cancellationToken
                )
                is not null
            )
            {
                await RunAsync(campaignId, context, mayWeighHeld: false, failures, cancellationToken);
            }
        }
    }

    private async Task SettleAsync(
        Versioned<TokenCampaign> campaign,
        CampaignRows rows,
        SweepContext context,
        Func<string, bool> isJudged,
        Failures failures,
        CancellationToken cancellationToken
    )
    {
        // 1. Hold tokens that a gap may explain, until it no longer does or the hold expires.
        var (now, failed) = (timeProvider.GetUtcNow(), failures.Count);
        await rows.ChangeAsync(
            t =>
                t.HeldSince is not null && !isJudged(t.Token.Id)
                    ? t
                    : t.Weighed(context.MayBeHidden(campaign.Value.Verdict, t), now, options.HoldDeadline),
            cancellationToken
        );
        await rows.ChangeSharesAsync(judgeAgain.Without, cancellationToken);

        // 2. Raise the finding before any response.
        await report.RunAsync(campaign.Value, rows, context, cancellationToken);

        // 3. Rotate keys, then block tokens: a stolen key makes more of them. Under the kill switch, only undo wrong blocks.
        campaign = await order.RunAsync(
            campaign,
            ForgeryEvidence.Weigh(campaign.Value.Verdict, rows.Tokens, context.Windows, context.Gaps, options.TokensForRotation),
            failures,
            cancellationToken
        );

        await failures.TryAsync(async () => campaign = await block.RunAsync(campaign, rows, context, failures, cancellationToken));

        // 4. Add the responses to the finding. If nothing can change any more, deactivate the campaign.
        await report.RunAsync(campaign.Value, rows, context, cancellationToken);
        if (campaign.Value is { IsActive: true, LostAt: null } && failures.Count == failed && !IsActive(rows))
        {
            await report.EndAsync(campaign.Value, cancellationToken);
            await chunks.CleanAsync(campaign.Value.Id, cancellationToken);
            await campaigns.ReplaceAsync(campaign, campaign.Value with { IsActive = false }, cancellationToken);
        }
    }

    private bool IsActive(CampaignRows rows) =>
        rows.Tokens.Any(t =>
            t.Standing is TokenStanding.Held
            || judgeAgain.MayChange(t)
            || t.WithdrawnAt + options.LateIssuance > timeProvider.GetUtcNow()
            || t is { Standing: TokenStanding.Withdrawn, Block: not null }
            || t is { Standing: TokenStanding.Raised, Block.IsListed: false }
        );
}
