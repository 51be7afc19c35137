using Rekey.Blocking;
using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Detections.Campaigns;
using Rekey.Detections.Sweeps;
using Rekey.Stopping;

namespace Rekey.Detections.Responses;

/// <summary>Blocks a campaign's tokens as far as the mode allows, asks about the others in rounds, and unblocks legitimate
/// tokens.</summary>
public sealed class BlockTokens(
    IBlocklist blocklist,
    AskAboutTokens ask,
    OtherCampaigns others,
    KillSwitch killSwitch,
    SweepOptions options,
    TokenBlocks blocks,
    TimeProvider timeProvider
)
{
    /// <param name="failures">Collects questions that could not be asked; legitimate tokens are still unblocked.</param>
    public async Task<Versioned<TokenCampaign>> RunAsync(
        Versioned<TokenCampaign> campaign,
        CampaignRows rows,
        SweepContext context,
        Failures failures,
        CancellationToken cancellationToken
    )
    {
        var detection = context.Find(campaign.Value.DetectionId);
        if (
            options.Mode is not ResponseMode.Observe
            && !await killSwitch.IsStoppedAsync(cancellationToken)
            && TokenBlocks.IsMatter(campaign.Value.Verdict, detection)
        )
        {
            // 1. Save the intention first, so that every block can be undone if the token is legitimate.
            if (options.Mode is ResponseMode.Enforce)
            {
                await IntendAsync(campaign.Value, rows, context, detection, cancellationToken);
            }

            // 2. Add the tokens that approvers have decided on.
            await failures.TryAsync(async () => campaign = await ask.RunAsync(campaign, rows, context, detection, cancellationToken));
        }

        // 3. Change the blocklist once. Unblock legitimate tokens in every mode.
        await ListAsync(campaign.Value, rows, context, cancellationToken);
        return campaign;
    }

    /// <summary>Unblocks tokens that the campaign has blocked, that no longer have the verdict, and whose rows are lost.</summary>
    public async Task DropAsync(TokenCampaign campaign, CampaignRows rows, SweepContext context, CancellationToken cancellationToken)
    {
        var known = rows
            .Tokens.Where(t => t.Standing is not TokenStanding.Withdrawn)
            .SelectMany(t => new[] { t.Block?.EntryId, blocks.EntryOf(campaign, t, context.Windows)?.Id })
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        var drop = (await blocklist.FindAsync(campaign.FindingId, cancellationToken))
            .Select(e => e.Id)
            .Where(id => !known.Contains(id))
            .ToHashSet(StringComparer.Ordinal);
        if (drop.Count > 0)
        {
            await blocklist.ChangeAsync(
                campaign.FindingId,
                await others.MeantAsync(campaign, drop, context, cancellationToken),
                [.. drop],
                cancellationToken
            );
        }
    }

    private Task IntendAsync(
        TokenCampaign campaign,
        CampaignRows rows,
        SweepContext context,
        Detection? detection,
        CancellationToken cancellationToken
    )
    {
        var planned = blocks.Automatic(campaign, [.. rows.Tokens], detection, context.Windows, timeProvider.GetUtcNow());
        return rows.ChangeAsync(
            t =>
                TokenBlocks.IsOpen(t)
                && TokenBlocks.IsAutomatic(campaign.Verdict, detection, t)
                && blocks.EntryOf(campaign, t, context.Windows) is { } entry
                && planned.TryGetValue(entry.Id, out var expiresAt)
                    ? t with
                    {
                        Block = new(entry.Id, expiresAt, IsListed: false),
                    }
                    : t,
            cancellationToken
        );
    }

    private async Task ListAsync(TokenCampaign campaign, CampaignRows rows, SweepContext context, CancellationToken cancellationToken)
    {
        // A token that has expired meanwhile needs no entry.
        var now = timeProvider.GetUtcNow();
        await rows.ChangeAsync(
            t => t is { Block: { IsListed: false } late } && late.ExpiresAt <= now ? t with { Block = null } : t,
            cancellationToken
        );
        var add = await killSwitch.IsStoppedAsync(cancellationToken)
            ? []
            : rows
                .Tokens.Where(t => t is { Standing: TokenStanding.Raised, Block.IsListed: false })
                .Select(t => blocks.EntryOf(campaign, t, context.Windows, t.Block!.ExpiresAt))
                .OfType<BlockEntry>()
                .DistinctBy(e => e.Id, StringComparer.Ordinal)
                .ToList();

        // Another token of the campaign may have the same jti.
        var meant = rows
            .Tokens.Where(t => t is { Standing: TokenStanding.Raised, Block: not null })
            .Select(t => t.Block!.EntryId)
            .ToHashSet(StringComparer.Ordinal);
        var withdrawn = rows
            .Tokens.Where(t => t is { Standing: not TokenStanding.Raised, Block: not null })
            .Select(t => t.Block!.EntryId)
            .ToHashSet(StringComparer.Ordinal);
        var remove = withdrawn.Where(id => !meant.Contains(id)).ToList();
        if (add.Count + withdrawn.Count == 0)
        {
            return;
        }

        // An entry that another campaign needs stays, in that campaign's name.
        var listed = add.Select(e => e.Id).ToHashSet(StringComparer.Ordinal);
        var handedOver =
            remove.Count == 0
                ? []
                : await others.MeantAsync(campaign, remove.ToHashSet(StringComparer.Ordinal), context, cancellationToken);
        await blocklist.ChangeAsync(campaign.FindingId, [.. add, .. handedOver], remove, cancellationToken);
        await rows.ChangeAsync(
            t =>
                t is { Standing: TokenStanding.Raised, Block.IsListed: false } && listed.Contains(t.Block.EntryId)
                    ? t with
                    {
                        Block = t.Block with { IsListed = true, ListedAt = now },
                    }
                : t is { Standing: not TokenStanding.Raised, Block: not null } && withdrawn.Contains(t.Block.EntryId)
                    ? t with
                    {
                        Block = null,
                    }
                : t,
            cancellationToken
        );
    }
}
