using System.Text.Json.Serialization;
using Rekey.Core;
using Rekey.Ledgers.Records;

namespace Rekey.VaultAccess.Custody;

/// <summary>
/// A share of the custody record of a vault: who held its keys, and when. A person's id determines their share. It is personal data, so
/// the ledger holds only its hash.
/// </summary>
/// <param name="KeptAt">When it was last kept.</param>
public sealed record CustodyRecord(string VaultId, int Share, DateTimeOffset KeptAt) : IHashed
{
    /// <summary>The number of shares of a vault. A row holds about 0.9 MB.</summary>
    public const int Count = 16;

    public static int SchemaVersion => 1;

    public IReadOnlyList<RecordedHolder> Holders { get; init; } = [];

    [JsonIgnore]
    public DateTimeOffset Since => Holders.Min(h => (DateTimeOffset?)h.First) ?? KeptAt;

    [JsonIgnore]
    public string Partition => PartitionOf(VaultId);

    [JsonIgnore]
    public string Row => RowOf(Share);

    /// <summary>The partition of a vault's shares.</summary>
    public static string PartitionOf(string vaultId) => StableId.HexOf(vaultId.ToLowerInvariant());

    /// <summary>The row of a share.</summary>
    public static string RowOf(int share) => $"{share:D2}";

    /// <summary>The share of a person.</summary>
    public static int ShareOf(string personId) => Convert.ToInt32(StableId.HexOf(personId.ToLowerInvariant())[..2], 16) % Count;
}
