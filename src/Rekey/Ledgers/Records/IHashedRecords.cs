using Rekey.Core;
using Rekey.Core.Records;

namespace Rekey.Ledgers.Records;

/// <summary>
/// Records whose content lies in table rows, and the hash of each content in the ledger. Only the row counts whose hash stands there: an
/// older one, a planted one and an altered one are none.
/// </summary>
/// <remarks>
/// Where the ledger names a content that no row has, reading throws <see cref="CannotContinueException"/> and names the record under
/// <see cref="CannotContinueException.UnreadableRows"/>: it was deleted or altered, and must not be taken for one that never was.
/// </remarks>
public interface IHashedRecords<T> : IRecords<T>
    where T : class, IHashed
{
    /// <summary>Since when what was logged must be looked at again, because the record's content is lost; null when it is there, or there
    /// is no such record.</summary>
    Task<DateTimeOffset?> LostSinceAsync(string partition, string row, CancellationToken cancellationToken);

    /// <summary>Says in the ledger that the record's content is lost. From then on there is no such record.</summary>
    Task GiveUpAsync(string partition, string row, CancellationToken cancellationToken);

    /// <summary>Removes rows of the partition that the ledger does not name: what a process that died has left, or somebody put
    /// there.</summary>
    Task CleanAsync(string partition, CancellationToken cancellationToken);
}
