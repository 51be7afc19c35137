using System.Text.Json.Serialization;
using Rekey.Ledgers.Records;

namespace Rekey.Detections.Campaigns;

/// <summary>
/// A share of a campaign's tokens. A token's id determines its share, so that ten thousand tokens are about thirty writes. Tokens are
/// personal data: the ledger holds only the hash of a share.
/// </summary>
public sealed record TokenChunk(string CampaignId, int Number) : IHashed
{
    /// <summary>The number of shares of a campaign. A row holds about 0.9 MB.</summary>
    public const int Count = 32;

    public static int SchemaVersion => 1;

    /// <summary>The tokens, in order of their ids.</summary>
    public IReadOnlyList<TrackedToken> Tokens { get; init; } = [];

    /// <summary>Whether the share dropped tokens: the campaign's numbers are minimums.</summary>
    public bool HasMore { get; init; }

    [JsonIgnore]
    public DateTimeOffset Since => Tokens.Min(t => (DateTimeOffset?)t.FirstSeen) ?? DateTimeOffset.MaxValue;

    [JsonIgnore]
    public string Partition => CampaignId;

    [JsonIgnore]
    public string Row => $"{Number:D2}";

    /// <summary>Returns the share of a token.</summary>
    public static int NumberOf(string tokenId)
    {
        var hash = 0u;
        foreach (var c in tokenId.AsSpan(0, 6))
        {
            hash = (hash * 31) + c;
        }

        return (int)(hash % Count);
    }

    /// <summary>Changes every token; returns the same chunk if none changes.</summary>
    public TokenChunk Each(Func<TrackedToken, TrackedToken> change)
    {
        var changed = Tokens.Select(change).ToList();
        return changed.Zip(Tokens).All(t => ReferenceEquals(t.First, t.Second)) ? this : this with { Tokens = changed };
    }
}
