using System.Runtime.CompilerServices;
using Rekey.Findings;
using Rekey.Ledgers;

namespace Rekey.Sweeps;

/// <summary>
/// The tokens of campaigns. Where their rows were deleted or altered, that is reported, the campaign is marked, and the log gives once more
/// what it gave since then: nothing is blocked or ordered by what only a table says, and nothing is forgotten because a table is gone (T9).
/// </summary>
public sealed class KeptTokens(ISealedRecords<TokenChunk> chunks, IRecords<TokenCampaign> campaigns, ITokenLog log, IFindings findings, TimeProvider clock)
    : IRecords<TokenChunk>
{
    /// <exception cref="RetryLaterException">Its content is lost, and judged anew.</exception>
    public async Task<Versioned<TokenChunk>?> FindAsync(string partition, string row, CancellationToken cancel)
    {
        try
        {
            return await chunks.FindAsync(partition, row, cancel);
        }
        catch (CannotContinueException e) when (e.UnreadableRows.Count > 0)
        {
            throw await LostAsync(partition, e.UnreadableRows, cancel);
        }
    }

    public Task<Versioned<TokenChunk>?> InsertAsync(TokenChunk value, CancellationToken cancel) => chunks.InsertAsync(value, cancel);

    public Task<Versioned<TokenChunk>?> ReplaceAsync(Versioned<TokenChunk> read, TokenChunk value, CancellationToken cancel) => chunks.ReplaceAsync(read, value, cancel);

    public Task<bool> RemoveAsync(Versioned<TokenChunk> read, CancellationToken cancel) => chunks.RemoveAsync(read, cancel);

    /// <exception cref="RetryLaterException">Some of it is lost, and judged anew.</exception>
    public async IAsyncEnumerable<Versioned<TokenChunk>> ListAsync(string partition, [EnumeratorCancellation] CancellationToken cancel)
    {
        var (read, lost) = (new List<Versioned<TokenChunk>>(), (IReadOnlyList<string>)[]);
        try
        {
            await foreach (var chunk in chunks.ListAsync(partition, cancel))
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
            throw await LostAsync(partition, lost, cancel);
        }

        foreach (var chunk in read)
        {
            yield return chunk;
        }
    }

    /// <summary>Removes what the ledger does not name.</summary>
    public Task CleanAsync(string campaignId, CancellationToken cancel) => chunks.CleanAsync(campaignId, cancel);

    private async Task<RetryLaterException> LostAsync(string campaignId, IReadOnlyList<string> rows, CancellationToken cancel)
    {
        var since = DateTimeOffset.MaxValue;
        foreach (var row in rows)
        {
            since = await chunks.LostSinceAsync(campaignId, row, cancel) is { } lost && lost < since ? lost : since;
        }

        if (since < DateTimeOffset.MaxValue)
        {
            // 1. Reported, and the campaign says no more than what is left, until the log was read again.
            var campaign = await MarkAsync(campaignId, cancel);
            await findings.RaiseAsync(SweepFindings.Lost(campaign, rows.Count, since, campaign.LostAt!.Value), cancel);

            // 2. Read again first: given up, nobody would know of it any more.
            await log.AgainAsync(since, cancel);
        }

        foreach (var row in rows)
        {
            await chunks.GiveUpAsync(campaignId, row, cancel);
        }

        return new("Rows with tokens were deleted or altered. What they held is judged again from the logs.", TimeSpan.FromSeconds(5));
    }

    private async Task<TokenCampaign> MarkAsync(string campaignId, CancellationToken cancel)
    {
        while (await campaigns.FindAsync(TokenCampaign.All, campaignId, cancel) is { } read)
        {
            if (await campaigns.ReplaceAsync(read, read.Value with { IsActive = true, LostAt = clock.GetUtcNow() }, cancel) is { } marked)
            {
                return marked.Value;
            }
        }

        throw new InvalidOperationException($"There are tokens of the campaign {campaignId}, and no such campaign.");
    }
}
