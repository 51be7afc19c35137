using Rekey.Core.Records;

namespace Rekey.Ledgers.Records;

/// <summary>A table row with the content of a hashed record. Its key contains the hash, so that no other content takes its place.</summary>
/// <param name="Partition">The partition of its <see cref="RecordHash"/>.</param>
/// <param name="Row">Row of the record, and the hash.</param>
/// <param name="Content">JSON, gzip.</param>
public sealed record HashedRow(string Partition, string Row, byte[] Content) : IRecord
{
    public static int SchemaVersion => 1;
}
