using System.Text.Json.Serialization;
using Rekey.Core;
using Rekey.Ledgers.Records;

namespace Rekey.VaultAccess.Custody;

/// <summary>
/// The custody record of a vault: who held its keys, and when. It is personal data, so the ledger holds only its hash.
/// </summary>
/// <param name="KeptAt">When it was last kept.</param>
public sealed record CustodyRecord(string VaultId, DateTimeOffset KeptAt) : IHashed
{
    /// <summary>The one record of a vault.</summary>
    public const string OnlyRow = "holders";

    /// <summary>The most holders that are kept; those who were seen last stay.</summary>
    /// <remarks>20,000: four times the principals that a reading has at most, about 0.9 MB, compressed.</remarks>
    public const int MaxHolders = 20_000;

    public static int SchemaVersion => 1;

    public IReadOnlyList<RecordedHolder> Holders { get; init; } = [];

    [JsonIgnore]
    public DateTimeOffset Since => Holders.Min(h => (DateTimeOffset?)h.First) ?? KeptAt;

    [JsonIgnore]
    public string Partition => PartitionOf(VaultId);

    [JsonIgnore]
    public string Row => OnlyRow;

    /// <summary>The partition of a vault.</summary>
    public static string PartitionOf(string vaultId) => StableId.HexOf(vaultId.ToLowerInvariant());
}
