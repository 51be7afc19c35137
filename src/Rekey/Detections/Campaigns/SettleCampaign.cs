using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Detections.Responses;
using Rekey.Detections.Sweeps;
using Rekey.Findings;

namespace Rekey.Detections.Campaigns;

/// <summary>
/// Brings everything that follows from a campaign's tokens up to date: what is held, the finding, the keys, the blocks. It looks at what is
/// saved and at nothing else, so that it may be killed anywhere and called again.
/// </summary>
public sealed class SettleCampaign(
    IRecords<TokenCampaign> campaigns,
    KeptTokens chunks,
    JudgeAgain judgeAgain,
    OrderForgedKeys order,
    BlockTokens block,
    IFindings findings,
    KillSwitch killSwitch,
    SweepOptions options,
    TimeProvider timeProvider
)
{
    /// <summary>Asks the log first whether the campaign's verdicts still hold.</summary>
    /// <param name="until">When it is time to leave the rest to the next run.</param>
    /// <param name="touched">Gets the campaigns that tokens have moved to.</param>
    /// <param name="failures">Gets what could not be done, and is done by the next run.</param>
    /// <returns>Whether the log answered for all of them.</returns>
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

    /// <param name="mayWeighHeld">False when the log could not be asked again: what a gap held back may have been issued, and stays
    /// held.</param>
    /// <param name="failures">Gets what could not be done, and is done by the next run. What is thrown could not even be told.</param>
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

    /// <summary>The logs were read again since tokens were lost: what was not found again is not under the verdict.</summary>
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
            await findings.CloseAsync(
                Finding.IdOf(FindingKinds.TokensLost, read.Value.About),
                "The logs were read again.",
                cancellationToken
            );

            // Which tokens the last question was about may be lost, too: it is asked again, and is the same one if they are the same.
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
        // 1. What may be hidden in a gap is held, until it is not or the time is up.
        var (now, failed) = (timeProvider.GetUtcNow(), failures.Count);
        await rows.ChangeAsync(
            t =>
                t.HeldSince is not null && !isJudged(t.Token.Id)
                    ? t
                    : t.Weighed(context.MayBeHidden(campaign.Value.Verdict, t), now, options.HoldDeadline),
            cancellationToken
        );
        await rows.ChangeSharesAsync(judgeAgain.Without, cancellationToken);

        // 2. People hear of it before anything is done about it.
        await TellAsync(campaign.Value, rows, context, cancellationToken);

        // 3. The keys, then the tokens: a stolen key makes more of them. When everything is stopped, only what was wrong is taken back.
        if (!killSwitch.Stopped)
        {
            campaign = await order.RunAsync(
                campaign,
                ForgeryEvidence.Weigh(campaign.Value.Verdict, rows.Tokens, context.Windows, context.Gaps, options.TokensForRotation),
                failures,
                cancellationToken
            );
        }

        await failures.TryAsync(async () => campaign = await block.RunAsync(campaign, rows, context, failures, cancellationToken));

        // 4. What was done stands with the finding; when nothing can change any more, nobody needs to look again.
        await TellAsync(campaign.Value, rows, context, cancellationToken);
        if (campaign.Value is { IsActive: true, LostAt: null } && failures.Count == failed && !IsActive(rows))
        {
            foreach (var kind in new[] { FindingKinds.TokensWithdrawn, FindingKinds.HoldExpired, FindingKinds.LookUpIncomplete })
            {
                await findings.CloseAsync(
                    Finding.IdOf(kind, campaign.Value.About),
                    "Nothing can arrive any more that would change it.",
                    cancellationToken
                );
            }

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

    private DateTimeOffset? EndedBy(DateTimeOffset? until) => until <= timeProvider.GetUtcNow() ? until : null;

    private async Task TellAsync(TokenCampaign campaign, CampaignRows rows, SweepContext context, CancellationToken cancellationToken)
    {
        // What is lost for now closes nothing, and makes numbers the least there are.
        var isWhole = campaign.LostAt is null;
        var damage = DamageAssessment.Of(rows.Chunks, EndedBy(context.Windows.TrustedUntil(campaign.Iss, campaign.Kid)));
        damage = damage with { AreLeast = damage.AreLeast || !isWhole };
        if (damage.Tokens > 0)
        {
            await findings.RaiseAsync(
                SweepFindings.Campaign(campaign, context.Find(campaign.DetectionId), damage, campaign.Ordered),
                cancellationToken
            );
        }
        else if (damage.Held == 0 && isWhole)
        {
            await findings.CloseAsync(
                campaign.FindingId,
                damage.Withdrawn == 0 ? "No token under the verdict can be used any more."
                    : damage.AreLeast
                        ? $"All {damage.Withdrawn} tokens that were kept turned out to be honest. More were seen than are kept, and "
                            + "nobody judged those."
                    : $"All {damage.Withdrawn} tokens turned out to be honest: their issuances arrived late.",
                cancellationToken
            );
        }

        if (
            rows.Tokens.Where(t => t is { WithdrawnAt: not null, RaisedAt: not null }).Select(t => t.WithdrawnAt!.Value).ToList() is
            { Count: > 0 } withdrawn
        )
        {
            await findings.RaiseAsync(SweepFindings.Withdrawn(campaign, withdrawn.Count, withdrawn.Max()), cancellationToken);
        }

        if (
            rows.Tokens.Where(t => t is { Standing: TokenStanding.Raised, IsPastHold: true }).Select(t => t.RaisedAt!.Value).ToList() is
            { Count: > 0 } pastHold
        )
        {
            await findings.RaiseAsync(
                SweepFindings.HoldExpired(campaign, damage.PastHold, options.HoldDeadline, pastHold.Max()),
                cancellationToken
            );
        }
        else if (isWhole)
        {
            await findings.CloseAsync(
                Finding.IdOf(FindingKinds.HoldExpired, campaign.About),
                "No token is held or past its hold any more.",
                cancellationToken
            );
        }

        if (rows.Tokens.Where(t => t is { IsUnsure: true, Standing: not TokenStanding.Withdrawn }).ToList() is { Count: > 0 } unsure)
        {
            await findings.RaiseAsync(
                SweepFindings.LookUp(campaign, unsure.Count, unsure.Min(t => t.FirstSeen), unsure.Max(t => t.LastSeen)),
                cancellationToken
            );
        }
        else if (isWhole)
        {
            await findings.CloseAsync(
                Finding.IdOf(FindingKinds.LookUpIncomplete, campaign.About),
                "Everything in which their issuances may be has been read.",
                cancellationToken
            );
        }
    }
}
