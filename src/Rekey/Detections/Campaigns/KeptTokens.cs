using System.Runtime.CompilerServices;
using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Detections.Sweeps;
using Rekey.Findings;
using Rekey.Ledgers.Records;

namespace Rekey.Detections.Campaigns;

/// <summary>
/// The stored tokens of campaigns. If rows were deleted or altered, it reports that, marks the campaign, and reads the logs since then
/// again. Rekey never blocks or rotates because of a table alone, and forgets nothing because a table is gone (T9).
/// </summary>
public sealed class KeptTokens(
    IHashedRecords<TokenChunk> chunks,
    IRecords<TokenCampaign> campaigns,
    ITokenLog log,
    IFindings findings,
    TimeProvider timeProvider
) : IRecords<TokenChunk>
{
    /// <exception cref="RetryLaterException">Its content is lost, and is judged again.</exception>
    public async Task<Versioned<TokenChunk>?> FindAsync(string partition, string row, CancellationToken cancellationToken)
    {
        try
        {
            return await chunks.FindAsync(partition, row, cancellationToken);
        }
        catch (CannotContinueException e) when (e.UnreadableRows.Count > 0)
        {
            throw await LostAsync(partition, e.UnreadableRows, cancellationToken);
        }
    }

    public Task<Versioned<TokenChunk>?> InsertAsync(TokenChunk value, CancellationToken cancellationToken) =>
        chunks.InsertAsync(value, cancellationToken);

    public Task<Versioned<TokenChunk>?> ReplaceAsync(Versioned<TokenChunk> read, TokenChunk value, CancellationToken cancellationToken) =>
        chunks.ReplaceAsync(read, value, cancellationToken);

    public Task<bool> RemoveAsync(Versioned<TokenChunk> read, CancellationToken cancellationToken) =>
        chunks.RemoveAsync(read, cancellationToken);

    /// <exception cref="RetryLaterException">Some content is lost, and is judged again.</exception>
    public async IAsyncEnumerable<Versioned<TokenChunk>> ListAsync(
        string partition,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var (read, lost) = (new List<Versioned<TokenChunk>>(), (IReadOnlyList<string>)[]);
        try
        {
            await foreach (var chunk in chunks.ListAsync(partition, cancellationToken))
            {
                read.Add(chunk);
            }
        }
        catch (CannotContinueException e) when (e.UnreadableRows.Count > 0)
        {
            lost = e.UnreadableRows;
        }

        if (lost.Count > 0)
        {
            throw await LostAsync(partition, lost, cancellationToken);
        }

        foreach (var chunk in read)
        {
            yield return chunk;
        }
    }

    /// <summary>Removes rows that the ledger does not contain.</summary>
    public Task CleanAsync(string campaignId, CancellationToken cancellationToken) => chunks.CleanAsync(campaignId, cancellationToken);

    private async Task<RetryLaterException> LostAsync(string campaignId, IReadOnlyList<string> rows, CancellationToken cancellationToken)
    {
        var since = DateTimeOffset.MaxValue;
        foreach (var row in rows)
        {
            since = await chunks.LostSinceAsync(campaignId, row, cancellationToken) is { } lost && lost < since ? lost : since;
        }

        if (since < DateTimeOffset.MaxValue)
        {
            // 1. Report the loss, and mark the campaign as incomplete until the log was read again.
            var campaign = await MarkAsync(campaignId, cancellationToken);
            await findings.RaiseAsync(SweepFindings.Lost(campaign, rows.Count, since, campaign.LostAt!.Value), cancellationToken);

            // 2. Read the logs again before dropping the rows: otherwise the loss would be forgotten.
            await log.AgainAsync(since, cancellationToken);
        }

        foreach (var row in rows)
        {
            await chunks.GiveUpAsync(campaignId, row, cancellationToken);
        }

        return new("Rows with tokens were deleted or altered. Rekey judges their tokens again from the logs.", TimeSpan.FromSeconds(5));
    }

    private async Task<TokenCampaign> MarkAsync(string campaignId, CancellationToken cancellationToken)
    {
        while (await campaigns.FindAsync(TokenCampaign.All, campaignId, cancellationToken) is { } read)
        {
            if (
                await campaigns.ReplaceAsync(
                    read,
                    read.Value with
                    {
                        IsActive = true,
                        LostAt = timeProvider.GetUtcNow(),
                    },
                    cancellationToken
                ) is
                { } marked
            )
            {
                return marked.Value;
            }
        }

        throw new InvalidOperationException($"There are tokens of the campaign {campaignId}, but the campaign does not exist.");
    }
}
