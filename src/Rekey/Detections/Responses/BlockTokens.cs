using Rekey.Blocking;
using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Detections.Campaigns;
using Rekey.Detections.Sweeps;
using Rekey.Stopping;
using Rekey.Trust;

namespace Rekey.Detections.Responses;

/// <summary>Blocks a campaign's tokens as far as the mode allows, asks about the others in rounds, and unblocks legitimate
/// tokens.</summary>
public sealed class BlockTokens(
    IBlocklist blocklist,
    AskAboutTokens ask,
    IRecords<TokenCampaign> campaigns,
    KeptTokens chunks,
    KillSwitch killSwitch,
    SweepOptions options,
    BlockingOptions blocking,
    TrustOptions trust,
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
            .SelectMany(t => new[] { t.Block?.EntryId, TokenBlocks.EntryOf(campaign, t, context.Windows, trust)?.Id })
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
                await MeantByOthersAsync(campaign, drop, context, cancellationToken),
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
        var planned = TokenBlocks.Automatic(
            campaign,
            [.. rows.Tokens],
            detection,
            context.Windows,
            blocking,
            trust,
            timeProvider.GetUtcNow()
        );
        return rows.ChangeAsync(
            t =>
                TokenBlocks.IsOpen(t)
                && TokenBlocks.IsAutomatic(campaign.Verdict, detection, t)
                && TokenBlocks.EntryOf(campaign, t, context.Windows, trust) is { } entry
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
                .Select(t => TokenBlocks.EntryOf(campaign, t, context.Windows, trust, t.Block!.ExpiresAt))
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
                : await MeantByOthersAsync(campaign, remove.ToHashSet(StringComparer.Ordinal), context, cancellationToken);
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

    private async Task<IReadOnlyList<BlockEntry>> MeantByOthersAsync(
        TokenCampaign campaign,
        HashSet<string> ids,
        SweepContext context,
        CancellationToken cancellationToken
    )
    {
        var meant = new List<BlockEntry>();
        foreach (
            var other in await campaigns
                .ListAsync(TokenCampaign.All, cancellationToken)
                .Select(c => c.Value)
                .Where(c => c.Id != campaign.Id && c.Iss == campaign.Iss)
                .ToListAsync(cancellationToken)
        )
        {
            var rows = await CampaignRows.ReadAsync(chunks, other.Id, cancellationToken);
            meant.AddRange(
                rows.Tokens.Where(t => t is { Standing: TokenStanding.Raised, Block.IsListed: true } && ids.Contains(t.Block.EntryId))
                    .Select(t => TokenBlocks.EntryOf(other, t, context.Windows, trust, t.Block!.ExpiresAt))
                    .OfType<BlockEntry>()
            );
        }

        return [.. meant.DistinctBy(e => e.Id, StringComparer.Ordinal)];
    }
}
