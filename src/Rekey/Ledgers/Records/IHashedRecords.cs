using Rekey.Core;
using Rekey.Core.Records;

namespace Rekey.Ledgers.Records;

/// <summary>
/// A store of records with content in table rows and the hash of each content in the ledger. Only the row with that hash counts: older,
/// planted and altered rows are ignored.
/// </summary>
/// <remarks>
/// If no row has the content that the ledger names, reading throws <see cref="CannotContinueException"/> and names the record under
/// <see cref="CannotContinueException.UnreadableRows"/>: it was deleted or altered, and must not pass for one that never existed.
/// </remarks>
public interface IHashedRecords<T> : IRecords<T>
    where T : class, IHashed
{
    /// <summary>
    /// The time from which logs must be read again, because the record's content is lost; null when it is not lost, or there is no such
    /// record.
    /// </summary>
    Task<DateTimeOffset?> LostSinceAsync(string partition, string row, CancellationToken cancellationToken);

    /// <summary>Records in the ledger that the content is lost. From then on there is no such record.</summary>
    Task GiveUpAsync(string partition, string row, CancellationToken cancellationToken);

    /// <summary>Removes rows of the partition that the ledger does not name: left by a crash, or planted.</summary>
    Task CleanAsync(string partition, CancellationToken cancellationToken);
}
