using Rekey.Core;
using Rekey.Core.Records;

namespace Rekey.Detections.Campaigns;

/// <summary>A campaign's tokens as they were read, and changed under the ETag of each row.</summary>
public sealed class CampaignRows
{
    private readonly IRecords<TokenChunk> _records;
    private readonly List<Versioned<TokenChunk>> _rows;

    private CampaignRows(IRecords<TokenChunk> records, List<Versioned<TokenChunk>> rows) => (_records, _rows) = (records, rows);

    public IReadOnlyList<TokenChunk> Chunks => [.. _rows.Select(r => r.Value)];

    public IEnumerable<TrackedToken> Tokens => _rows.SelectMany(r => r.Value.Tokens);

    public static async Task<CampaignRows> ReadAsync(
        IRecords<TokenChunk> records,
        string campaignId,
        CancellationToken cancellationToken
    ) => new(records, await records.ListAsync(campaignId, cancellationToken).ToListAsync(cancellationToken));

    /// <summary>Changes tokens one by one; rows in which none changes are not written.</summary>
    /// <param name="change">Returns the same object where nothing changes.</param>
    /// <exception cref="RetryLaterException">Somebody else changed one meanwhile: what was concluded from these may not hold for
    /// theirs.</exception>
    public Task ChangeAsync(Func<TrackedToken, TrackedToken> change, CancellationToken cancellationToken) =>
        ChangeSharesAsync(c => c.Each(change), cancellationToken);

    /// <summary>The same for whole shares.</summary>
    public async Task ChangeSharesAsync(Func<TokenChunk, TokenChunk> change, CancellationToken cancellationToken)
    {
        for (var at = 0; at < _rows.Count; at++)
        {
            if (change(_rows[at].Value) is var next && !ReferenceEquals(next, _rows[at].Value))
            {
                _rows[at] = await _records.ReplaceAsync(_rows[at], next, cancellationToken)
                    ?? throw new RetryLaterException("Another process is at this campaign.", TimeSpan.FromSeconds(1));
            }
        }
    }
}
