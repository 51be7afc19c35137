using Rekey.Core.Records;
using Rekey.Detections.Campaigns;

namespace Rekey.Functions.Blocking;

/// <summary>Looks for a token in the campaigns of tokens with a verdict.</summary>
public sealed class CampaignTokens(IRecords<TokenCampaign> campaigns, IRecords<TokenChunk> chunks)
{
    /// <summary>Gives what campaigns have of the token, and the rows that could not be read.</summary>
    internal async Task<(IReadOnlyList<(TokenCampaign Campaign, TrackedToken Token)> Found, IReadOnlyList<string> Unreadable)> FindAsync(
        SoughtToken sought,
        CancellationToken cancellationToken
    )
    {
        var (all, lost) = await campaigns.ListReadableAsync(TokenCampaign.All, cancellationToken);
        var (found, unreadable) = (new List<(TokenCampaign, TrackedToken)>(), new List<string>(lost));
        foreach (var campaign in all.Where(c => sought.Issuer is null || c.Iss is null || c.Iss == sought.Issuer))
        {
            var (rows, missing) = await chunks.ListReadableAsync(campaign.Id, cancellationToken);
            found.AddRange(rows.SelectMany(r => r.Tokens).Where(t => sought.Is(t.Token)).Select(t => (campaign, t)));
            unreadable.AddRange(missing.Select(row => $"{campaign.Id}/{row}"));
        }

        return (found, unreadable);
    }
}
