using Rekey.Core.Records;

namespace Rekey.Ledgers.Records;

/// <summary>The content of a record whose hash stands in the ledger. It lies under its hash, so that no other content takes its
/// place.</summary>
/// <param name="Partition">As that of its <see cref="RecordHash"/>.</param>
/// <param name="Row">Row of the record, and the hash.</param>
/// <param name="Content">JSON, gzip.</param>
public sealed record HashedRow(string Partition, string Row, byte[] Content) : IRecord
{
    public static int SchemaVersion => 1;
}
