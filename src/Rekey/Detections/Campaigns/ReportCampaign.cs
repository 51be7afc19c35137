using Rekey.Detections.Responses;
using Rekey.Detections.Sweeps;
using Rekey.Findings;

namespace Rekey.Detections.Campaigns;

/// <summary>Raises and closes the findings about a campaign's tokens.</summary>
public sealed class ReportCampaign(IFindings findings, TokenBlocks blocks, SweepOptions options, TimeProvider timeProvider)
{
    public async Task RunAsync(TokenCampaign campaign, CampaignRows rows, SweepContext context, CancellationToken cancellationToken)
    {
        // Lost tokens close no finding, and make the numbers minimums.
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
                damage.Withdrawn == 0 ? "No token with the verdict can be used any more."
                    : damage.AreLeast
                        ? $"All {damage.Withdrawn} stored tokens are legitimate. There were more tokens than Rekey stores, and the "
                            + "others were not judged."
                    : $"All {damage.Withdrawn} tokens are legitimate: their issuances arrived late.",
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
                "No token is held or past its hold.",
                cancellationToken
            );
        }

        await ReportNotBlockableAsync(campaign, rows, context, isWhole, cancellationToken);
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
                "Every file that may contain their issuances has been read.",
                cancellationToken
            );
        }
    }

    /// <summary>Closes the findings about what could still change, when nothing can.</summary>
    public async Task EndAsync(TokenCampaign campaign, CancellationToken cancellationToken)
    {
        foreach (
            var finding in new[]
            {
                Finding.IdOf(FindingKinds.TokensWithdrawn, campaign.About),
                Finding.IdOf(FindingKinds.HoldExpired, campaign.About),
                Finding.IdOf(FindingKinds.LookUpIncomplete, campaign.About),
                Finding.IdOf(FindingKinds.TokensNotBlockable, SweepFindings.NotBlockableAbout(campaign)),
            }
        )
        {
            await findings.CloseAsync(finding, "No late issuance can change it any more.", cancellationToken);
        }
    }

    /// <summary>Closes the finding about lost tokens, when the logs were read again.</summary>
    public Task RecoveredAsync(TokenCampaign campaign, CancellationToken cancellationToken) =>
        findings.CloseAsync(Finding.IdOf(FindingKinds.TokensLost, campaign.About), "Rekey has read the logs again.", cancellationToken);

    private async Task ReportNotBlockableAsync(
        TokenCampaign campaign,
        CampaignRows rows,
        SweepContext context,
        bool isWhole,
        CancellationToken cancellationToken
    )
    {
        var (detection, now) = (context.Find(campaign.DetectionId), timeProvider.GetUtcNow());
        var tokens = rows.Tokens.Where(t => blocks.IsNotBlockable(campaign, t, detection, context.Windows, now)).ToList();
        if (tokens.Count > 0)
        {
            await findings.RaiseAsync(
                SweepFindings.NotBlockable(campaign, tokens.Count, tokens.Min(t => t.FirstSeen), tokens.Max(t => t.LastSeen)),
                cancellationToken
            );
        }
        else if (isWhole)
        {
            await findings.CloseAsync(
                Finding.IdOf(FindingKinds.TokensNotBlockable, SweepFindings.NotBlockableAbout(campaign)),
                "No token that Rekey cannot block can be accepted any more.",
                cancellationToken
            );
        }
    }

    private DateTimeOffset? EndedBy(DateTimeOffset? until) => until <= timeProvider.GetUtcNow() ? until : null;
}
