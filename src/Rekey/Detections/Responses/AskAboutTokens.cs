using Rekey.Blocking;
using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Detections.Campaigns;
using Rekey.Detections.Sweeps;

namespace Rekey.Detections.Responses;

/// <summary>
/// Asks approvers about tokens that Rekey may not block by itself: one question at a time, about certain tokens; the next only after the
/// previous one would have expired.
/// </summary>
public sealed class AskAboutTokens(
    AskForDecision decisions,
    IRecords<TokenCampaign> campaigns,
    SweepOptions options,
    DecisionOptions answers,
    TokenBlocks blocks,
    TimeProvider timeProvider
)
{
    public async Task<Versioned<TokenCampaign>> RunAsync(
        Versioned<TokenCampaign> campaign,
        CampaignRows rows,
        SweepContext context,
        Detection? detection,
        CancellationToken cancellationToken
    )
    {
        var now = timeProvider.GetUtcNow();
        if (
            campaign.Value.Round is var asked and > 0
            && rows.Tokens.Any(t => t.Round == asked && TokenBlocks.IsOpen(t) && LiveEntry(campaign.Value, t, context) is not null)
        )
        {
            var decision = await AskAsync(campaign.Value, rows, asked, cancellationToken);
            if (decision.Outcome is DecisionState.Approved)
            {
                await rows.ChangeAsync(
                    t =>
                        t.Round == asked && TokenBlocks.IsOpen(t) && LiveEntry(campaign.Value, t, context) is { } entry
                            ? t with
                            {
                                Block = new(entry.Id, entry.ExpiresAt, IsListed: false),
                            }
                            : t,
                    cancellationToken
                );
            }
        }

        var next = campaign.Value.Round + 1;
        bool Waits(TrackedToken t) =>
            TokenBlocks.IsOpen(t)
            && (t.Round == 0 || t.Round == next)
            && LiveEntry(campaign.Value, t, context) is not null
            && (options.Mode is ResponseMode.Ask || !TokenBlocks.IsAutomatic(campaign.Value.Verdict, detection, t));
        if (now < campaign.Value.NoQuestionBefore || !rows.Tokens.Any(Waits))
        {
            return campaign;
        }

        // Save the tokens before asking, so that a retry after a crash asks the same question.
        await rows.ChangeAsync(t => Waits(t) && t.Round == 0 ? t with { Round = next } : t, cancellationToken);
        campaign = await campaigns.ReplaceAsync(
            campaign,
            campaign.Value with
            {
                Round = next,
                NoQuestionBefore = now + answers.TimeToAnswer,
            },
            cancellationToken
        ) ?? throw new RetryLaterException("Another process is settling this campaign. Rekey retries.", TimeSpan.FromSeconds(1));
        await AskAsync(campaign.Value, rows, next, cancellationToken);
        return campaign;
    }

    private Task<Decision> AskAsync(TokenCampaign campaign, CampaignRows rows, int round, CancellationToken cancellationToken)
    {
        var members = rows.Tokens.Where(t => t.Round == round).Select(t => t.Token.Id).Order(StringComparer.Ordinal).ToArray();
        return decisions.AskAsync(
            DecisionKinds.BlockTokens,
            campaign.Id,
            $"{members.Length} tokens of {campaign.About} have the verdict '{campaign.Verdict.Code()}'. If you approve, "
                + "gateways refuse these tokens until they expire; legitimate holders must log in again. If you reject, gateways "
                + $"continue to accept them. `rekey findings show {campaign.FindingId}` shows how they were used.",
            $"{campaign.Id}|{round}|{StableId.HexOf(members)}",
            [],
            OnExpiry.Lapse,
            cancellationToken
        );
    }

    private BlockEntry? LiveEntry(TokenCampaign campaign, TrackedToken token, SweepContext context) =>
        blocks.EntryOf(campaign, token, context.Windows) is { } entry && entry.ExpiresAt > timeProvider.GetUtcNow() ? entry : null;
}
