using Rekey.Core.Records;

namespace Rekey.Ledgers.Records;

/// <summary>Records that stand in the ledger: each change is one line, which says what happened.</summary>
public interface ILedgerRecords<T> : IRecords<T>
    where T : class, IRecord
{
    /// <summary>Adds a record; null when one stands there already.</summary>
    Task<Versioned<T>?> InsertAsync(T value, LedgerEvent what, CancellationToken cancellationToken);

    /// <summary>Replaces what was read; null when somebody else did so first. Where only hints change, nothing happened, and no line says
    /// so.</summary>
    Task<Versioned<T>?> ReplaceAsync(Versioned<T> read, T value, LedgerEvent what, CancellationToken cancellationToken);

    /// <summary>All records of one partition as they stand in the ledger, without hints: no table is needed for it.</summary>
    Task<IReadOnlyList<OnRecord<T>>> ReadAsync(string partition, CancellationToken cancellationToken);
}
