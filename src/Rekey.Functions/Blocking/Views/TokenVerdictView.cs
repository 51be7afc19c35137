using Rekey.Detections;
using Rekey.Detections.Campaigns;
using Rekey.Functions.Findings;

namespace Rekey.Functions.Blocking.Views;

/// <summary>A token with a verdict, as a campaign has it.</summary>
/// <param name="Finding">Id of the finding of the campaign.</param>
/// <param name="Campaign">Id of the campaign.</param>
/// <param name="Verdict">The code of the verdict, such as <c>unissued</c>.</param>
/// <param name="ReportedAt">When it was reported; null while it is held back.</param>
/// <param name="Token">The token with its uses, one an address. Rekey does not keep which gateway saw it.</param>
public sealed record TokenVerdictView(string Finding, string Campaign, string Verdict, DateTimeOffset? ReportedAt, ForgedTokenView Token)
{
    public static TokenVerdictView Of(TokenCampaign campaign, TrackedToken token) =>
        new(campaign.FindingId, campaign.Id, campaign.Verdict.Code(), token.RaisedAt, ForgedTokenView.Of(token));
}
