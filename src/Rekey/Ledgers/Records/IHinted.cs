using Rekey.Core.Records;

namespace Rekey.Ledgers.Records;

/// <summary>
/// A record with hints: leases and due times, which change often and decide nothing. They are kept in a table row. If the row is deleted,
/// locked or altered, at worst work is done later, or twice.
/// </summary>
public interface IHinted<T> : IRecord
    where T : class
{
    /// <summary>Whether the record still needs hints: a finished one keeps no row.</summary>
    bool KeepsRow { get; }

    /// <summary>The record with the hints of a row; nothing else in the row counts.</summary>
    T WithHintsOf(T row);

    /// <summary>The record without hints.</summary>
    T WithoutHints();
}
