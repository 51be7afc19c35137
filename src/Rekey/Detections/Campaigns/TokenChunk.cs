using System.Text.Json.Serialization;
using Rekey.Ledgers.Records;

namespace Rekey.Detections.Campaigns;

/// <summary>
/// A share of a campaign's tokens: which share a token belongs to follows from its id. Ten thousand tokens are some thirty writes. They are
/// personal data: the ledger has the hash of a share and no more.
/// </summary>
public sealed record TokenChunk(string CampaignId, int Number) : IHashed
{
    /// <summary>How many shares a campaign has. A row holds about 0.9 MB.</summary>
    public const int Count = 32;

    public static int SchemaVersion => 1;

    /// <summary>By token id, in order.</summary>
    public IReadOnlyList<TrackedToken> Tokens { get; init; } = [];

    /// <summary>More was seen than is kept: numbers of the campaign are the least there are.</summary>
    public bool HasMore { get; init; }

    [JsonIgnore]
    public DateTimeOffset Since => Tokens.Min(t => (DateTimeOffset?)t.FirstSeen) ?? DateTimeOffset.MaxValue;

    [JsonIgnore]
    public string Partition => CampaignId;

    [JsonIgnore]
    public string Row => $"{Number:D2}";

    /// <summary>The share that a token is in.</summary>
    public static int NumberOf(string tokenId)
    {
        var hash = 0u;
        foreach (var c in tokenId.AsSpan(0, 6))
        {
            hash = (hash * 31) + c;
        }

        return (int)(hash % Count);
    }

    /// <summary>Changes every token; the same chunk when that changes none.</summary>
    public TokenChunk Each(Func<TrackedToken, TrackedToken> change)
    {
        var changed = Tokens.Select(change).ToList();
        return changed.Zip(Tokens).All(t => ReferenceEquals(t.First, t.Second)) ? this : this with { Tokens = changed };
    }
}
