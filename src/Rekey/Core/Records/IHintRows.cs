namespace Rekey.Core.Records;

/// <summary>Rows that hold hints and decide nothing, so that an unreadable one may be overwritten.</summary>
public interface IHintRows<T> : IRecords<T>
    where T : class, IRecord
{
    /// <summary>Writes a record, over any existing row.</summary>
    /// <exception cref="RetryLaterException">The store cannot be reached.</exception>
    Task<Versioned<T>> OverwriteAsync(T value, CancellationToken cancellationToken);
}
