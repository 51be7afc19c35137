namespace Rekey.Core.Records;

/// <summary>
/// Records of one kind, changed only under their ETag. A lost race is an answer (null), not an exception:
/// the caller reads again and decides again.
/// </summary>
/// <remarks>
/// Throws <see cref="RetryLaterException"/> when the store cannot be reached, and <see cref="CannotContinueException"/> with reason
/// <c>record-unreadable</c> for a row that belongs in another place: somebody copied it there, and it would speak for what it is not.
/// </remarks>
public interface IRecords<T>
    where T : class, IRecord
{
    /// <summary>The record, or null.</summary>
    Task<Versioned<T>?> FindAsync(string partition, string row, CancellationToken cancellationToken);

    /// <summary>Adds a record; null when one stands there already.</summary>
    Task<Versioned<T>?> InsertAsync(T value, CancellationToken cancellationToken);

    /// <summary>Replaces what was read; null when somebody else did so first.</summary>
    Task<Versioned<T>?> ReplaceAsync(Versioned<T> read, T value, CancellationToken cancellationToken);

    /// <summary>Removes what was read; false when somebody else has changed it since. What is gone already counts as removed.</summary>
    Task<bool> RemoveAsync(Versioned<T> read, CancellationToken cancellationToken);

    /// <summary>All records of one partition, in row order.</summary>
    /// <exception cref="CannotContinueException">Rows cannot be read, and <see cref="CannotContinueException.UnreadableRows"/> names them.
    /// Thrown behind all others, so that one bad row holds up none of them.</exception>
    IAsyncEnumerable<Versioned<T>> ListAsync(string partition, CancellationToken cancellationToken);
}
