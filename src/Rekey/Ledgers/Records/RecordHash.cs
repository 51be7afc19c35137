using Rekey.Core.Records;

namespace Rekey.Ledgers.Records;

/// <summary>The ledger's entry for a hashed record, whose content is elsewhere.</summary>
/// <param name="Partition">Kind and partition of the record.</param>
/// <param name="Row">Row of the record.</param>
/// <param name="Sha256">SHA-256 of the content of the valid row, lower-case hex.</param>
/// <param name="Since">The earliest time that the content is about.</param>
public sealed record RecordHash(string Partition, string Row, string Sha256, DateTimeOffset Since) : IRecord
{
    public static int SchemaVersion => 1;
}
