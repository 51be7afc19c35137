using Rekey.Blocking;
using Rekey.Core.Records;
using Rekey.Detections.Campaigns;
using Rekey.Detections.Sweeps;

namespace Rekey.Detections.Responses;

/// <summary>Finds the blocklist entries that other campaigns need: an entry has the name of one, and tokens of several may have its jti.
/// </summary>
public sealed class OtherCampaigns(IRecords<TokenCampaign> campaigns, KeptTokens chunks, TokenBlocks blocks)
{
    /// <summary>The entries of these ids that other campaigns of the issuer need, in their names.</summary>
    public async Task<IReadOnlyList<BlockEntry>> MeantAsync(
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
                    .Select(t => blocks.EntryOf(other, t, context.Windows, t.Block!.ExpiresAt))
                    .OfType<BlockEntry>()
            );
        }

        return [.. meant.DistinctBy(e => e.Id, StringComparer.Ordinal)];
    }
}
