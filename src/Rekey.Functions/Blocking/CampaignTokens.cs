using Rekey.Core.Records;
using Rekey.Detections;
using Rekey.Detections.Accesses;
using Rekey.Detections.Campaigns;
using Rekey.Functions.Blocking.Views;

namespace Rekey.Functions.Blocking;

/// <summary>Looks for a token in the campaigns of tokens with a verdict, and in the gateways' logs.</summary>
public sealed class CampaignTokens(IRecords<TokenCampaign> campaigns, IRecords<TokenChunk> chunks, FindUses uses)
{
    /// <summary>Gives the gateways that accepted the token.</summary>
    /// <param name="seen">What campaigns have of it: a hash alone names no <c>jti</c>, and a line may lack the hash.</param>
    internal async Task<TokenSeenView> SeenAsync(SoughtToken sought, PresentedToken? seen, CancellationToken cancellationToken) =>
        TokenSeenView.Of(
            await uses.FindAsync(
                new(sought.Issuer ?? seen?.Iss, sought.Jti ?? seen?.Jti, sought.SigningInputSha256 ?? seen?.SigningInputSha256),
                cancellationToken
            )
        );

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
