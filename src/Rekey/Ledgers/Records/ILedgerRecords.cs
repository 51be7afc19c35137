using Rekey.Core.Records;

namespace Rekey.Ledgers.Records;

/// <summary>A store of records in the ledger: each change is one line, which says what happened.</summary>
public interface ILedgerRecords<T> : IRecords<T>
    where T : class, IRecord
{
    /// <summary>Adds a record; null when there is one already.</summary>
    Task<Versioned<T>?> InsertAsync(T value, LedgerEvent what, CancellationToken cancellationToken);

    /// <summary>Replaces a record that was read; null when it has changed since. A change of hints alone writes no line.</summary>
    Task<Versioned<T>?> ReplaceAsync(Versioned<T> read, T value, LedgerEvent what, CancellationToken cancellationToken);

    /// <summary>Lists the records of one partition from the ledger, without hints: it reads no table.</summary>
    Task<IReadOnlyList<OnRecord<T>>> ReadAsync(string partition, CancellationToken cancellationToken);

    /// <summary>Lists the records of one partition with a line since then, from the ledger, without hints.</summary>
    Task<IReadOnlyList<OnRecord<T>>> ReadAsync(string partition, DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>Lists the records of one partition that are not over, in row order; all, if they never are (see
    /// <see cref="IEnding"/>).</summary>
    IAsyncEnumerable<Versioned<T>> ListOpenAsync(string partition, CancellationToken cancellationToken);
}
