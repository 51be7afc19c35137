namespace Rekey.Core.Records;

/// <summary>
/// A table of records of one kind, changed only under their ETag. A lost race returns null instead of an exception: the caller reads and
/// decides again.
/// </summary>
/// <remarks>
/// Throws <see cref="RetryLaterException"/> when the store cannot be reached, and <see cref="CannotContinueException"/> with reason
/// <c>record-unreadable</c> for a row that was copied from another place, because it would claim what is not true there.
/// </remarks>
public interface IRecords<T>
    where T : class, IRecord
{
    /// <summary>Reads the record; null when there is none.</summary>
    Task<Versioned<T>?> FindAsync(string partition, string row, CancellationToken cancellationToken);

    /// <summary>Adds a record; null when there is one already.</summary>
    Task<Versioned<T>?> InsertAsync(T value, CancellationToken cancellationToken);

    /// <summary>Replaces a record that was read; null when it has changed since.</summary>
    Task<Versioned<T>?> ReplaceAsync(Versioned<T> read, T value, CancellationToken cancellationToken);

    /// <summary>Removes a record that was read; false when it has changed since. A record that is gone already counts as removed.</summary>
    Task<bool> RemoveAsync(Versioned<T> read, CancellationToken cancellationToken);

    /// <summary>Lists all records of one partition, in row order.</summary>
    /// <exception cref="CannotContinueException">
    /// Rows cannot be read, and <see cref="CannotContinueException.UnreadableRows"/> names them. Thrown after all others, so that a bad
    /// row holds up none of them.
    /// </exception>
    IAsyncEnumerable<Versioned<T>> ListAsync(string partition, CancellationToken cancellationToken);
}
