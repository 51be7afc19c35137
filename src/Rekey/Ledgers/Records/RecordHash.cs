using Rekey.Core.Records;

namespace Rekey.Ledgers.Records;

/// <summary>What the ledger says of a record whose content it does not hold.</summary>
/// <param name="Partition">Kind and partition of the record.</param>
/// <param name="Row">Row of the record.</param>
/// <param name="Sha256">Of the content of the row that counts, lower-case hex.</param>
/// <param name="Since">The earliest time that the content is about.</param>
public sealed record RecordHash(string Partition, string Row, string Sha256, DateTimeOffset Since) : IRecord
{
    public static int SchemaVersion => 1;
}
