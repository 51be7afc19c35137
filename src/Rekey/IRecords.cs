namespace Rekey;

/// <summary>A stored entity: where it stands, and the version of its shape, kept with every row so that a later release can tell what it reads.</summary>
public interface IRecord
{
    /// <summary>Rows of one partition can be listed together.</summary>
    string Partition { get; }

    /// <summary>Unique inside the partition. Letters, digits and <c>- _ . ~</c> only.</summary>
    string Row { get; }

    /// <summary>The shape that this build writes. A row of a higher version is refused, never guessed at.</summary>
    static abstract int SchemaVersion { get; }
}

/// <summary>A stored value together with the ETag under which alone it may be replaced (RFC 9110 §8.8.3).</summary>
public sealed record Versioned<T>(T Value, string ETag);

/// <summary>
/// Records of one kind, changed only under their ETag. A lost race is an answer (null), not an exception:
/// the caller reads again and decides again.
/// </summary>
/// <remarks>
/// Throws <see cref="RetryLaterException"/> when the store cannot be reached, and <see cref="CannotContinueException"/> with reason
/// <c>record-unreadable</c> for a row that belongs in another place: somebody copied it there, and it would speak for what it is not.
/// </remarks>
public interface IRecords<T> where T : class, IRecord
{
    /// <summary>The record, or null.</summary>
    Task<Versioned<T>?> FindAsync(string partition, string row, CancellationToken cancel);

    /// <summary>Adds a record; null when one stands there already.</summary>
    Task<Versioned<T>?> InsertAsync(T value, CancellationToken cancel);

    /// <summary>Replaces what was read; null when somebody else did so first.</summary>
    Task<Versioned<T>?> ReplaceAsync(Versioned<T> read, T value, CancellationToken cancel);

    /// <summary>Removes what was read; false when somebody else has changed it since. What is gone already counts as removed.</summary>
    Task<bool> RemoveAsync(Versioned<T> read, CancellationToken cancel);

    /// <summary>All records of one partition, in row order.</summary>
    /// <exception cref="CannotContinueException">Rows cannot be read, and <see cref="CannotContinueException.UnreadableRows"/> names them. Thrown behind all others, so that one bad row holds up none of them.</exception>
    IAsyncEnumerable<Versioned<T>> ListAsync(string partition, CancellationToken cancel);
}
