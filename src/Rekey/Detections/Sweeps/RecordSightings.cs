using Rekey.Core.Records;
using Rekey.Detections.Campaigns;

namespace Rekey.Detections.Sweeps;

/// <summary>
/// Adds the rows of detections to their campaigns. It batches rows, so that ten thousand tokens are not ten thousand writes. Rows form a
/// set: adding the same rows again changes nothing.
/// </summary>
public sealed class RecordSightings(IRecords<TokenCampaign> campaigns, KeptTokens chunks, SweepOptions options)
{
    /// <summary>The number of rows in memory before a write.</summary>
    private const int MaxGathered = 20_000;

    /// <summary>Saves all sightings.</summary>
    /// <param name="touched">Gets the campaigns that they belong to.</param>
    /// <returns>The number of sightings.</returns>
    public async Task<long> RunAsync(
        IAsyncEnumerable<Sighting> sightings,
        Detection detection,
        SweepContext context,
        ISet<string> touched,
        CancellationToken cancellationToken
    )
    {
        var gathered = new List<Sighting>();
        var total = 0L;
        await foreach (var sighting in sightings.WithCancellation(cancellationToken))
        {
            if (sighting.Verdict.JudgesKeys() && !context.Windows.CanJudgeKeys(sighting.Token.Iss, sighting.LastSeen))
            {
                continue;
            }

            total++;
            gathered.Add(sighting);
            if (gathered.Count == MaxGathered)
            {
                await SaveAsync(gathered, detection, context, touched, cancellationToken);
                gathered.Clear();
            }
        }

        await SaveAsync(gathered, detection, context, touched, cancellationToken);
        return total;
    }

    private static TokenCampaign CampaignOf(Sighting sighting, Detection detection, SweepWindows windows) =>
        TokenCampaign.Of(sighting, detection.Id, windows.Governed.Contains, (iss, kid) => windows.Find(iss, kid) is not null);

    private async Task SaveAsync(
        List<Sighting> sightings,
        Detection detection,
        SweepContext context,
        ISet<string> touched,
        CancellationToken cancellationToken
    )
    {
        foreach (var campaign in sightings.GroupBy(s => CampaignOf(s, detection, context.Windows).Id, StringComparer.Ordinal))
        {
            // Mark the campaign active first: sweeps skip the tokens of inactive campaigns.
            await ActivateAsync(CampaignOf(campaign.First(), detection, context.Windows), cancellationToken);
            touched.Add(campaign.Key);
            foreach (var share in campaign.GroupBy(s => TokenChunk.NumberOf(s.Token.Id)))
            {
                await AddAsync(campaign.Key, share.Key, [.. share], t => context.MayBeHidden(share.First().Verdict, t), cancellationToken);
            }
        }
    }

    private async Task ActivateAsync(TokenCampaign campaign, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await campaigns.FindAsync(TokenCampaign.All, campaign.Row, cancellationToken);
            if (
                read is { Value.IsActive: true }
                || (
                    read is null
                        ? await campaigns.InsertAsync(campaign, cancellationToken)
                        : await campaigns.ReplaceAsync(read, read.Value with { IsActive = true }, cancellationToken)
                )
                    is not null
            )
            {
                return;
            }
        }
    }

    private async Task AddAsync(
        string campaign,
        int number,
        IReadOnlyList<Sighting> sightings,
        Func<TrackedToken, bool> mayBeHidden,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var fresh = new TokenChunk(campaign, number);
            var read = await chunks.FindAsync(campaign, fresh.Row, cancellationToken);
            var added = ChunkMerge.Add(
                read?.Value ?? fresh,
                sightings,
                Math.Max(1, options.MaxTokensPerCampaign / TokenChunk.Count),
                mayBeHidden
            );
            if (
                ReferenceEquals(added, read?.Value)
                || (
                    read is null
                        ? await chunks.InsertAsync(added, cancellationToken)
                        : await chunks.ReplaceAsync(read, added, cancellationToken)
                )
                    is not null
            )
            {
                return;
            }
        }
    }
}
