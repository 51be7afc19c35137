namespace Rekey.Core.Records;

/// <summary>Rows that keep hints and decide nothing, so that one that cannot be read may be written over.</summary>
public interface IHintRows<T> : IRecords<T>
    where T : class, IRecord
{
    /// <summary>Puts a record there, whatever stands there.</summary>
    /// <exception cref="RetryLaterException">The store cannot be reached.</exception>
    Task<Versioned<T>> OverwriteAsync(T value, CancellationToken cancellationToken);
}
