using Rekey.Core;
using Rekey.Core.Records;

namespace Rekey.Detections.Campaigns;

/// <summary>The rows of a campaign's tokens. Each row changes under its ETag.</summary>
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

    /// <summary>Changes tokens one by one, and writes only changed rows.</summary>
    /// <param name="change">Returns the same object if nothing changes.</param>
    /// <exception cref="RetryLaterException">Another process changed a row meanwhile, so conclusions from the old rows may be
    /// wrong.</exception>
    public Task ChangeAsync(Func<TrackedToken, TrackedToken> change, CancellationToken cancellationToken) =>
        ChangeSharesAsync(c => c.Each(change), cancellationToken);

    /// <summary>Changes whole shares, and writes only changed ones.</summary>
    public async Task ChangeSharesAsync(Func<TokenChunk, TokenChunk> change, CancellationToken cancellationToken)
    {
        for (var at = 0; at < _rows.Count; at++)
        {
            if (change(_rows[at].Value) is var next && !ReferenceEquals(next, _rows[at].Value))
            {
                _rows[at] = await _records.ReplaceAsync(_rows[at], next, cancellationToken)
                    ?? throw new RetryLaterException("Another process is settling this campaign. Rekey retries.", TimeSpan.FromSeconds(1));
            }
        }
    }
}
