using Rekey.Core.Records;

namespace Rekey.Ledgers.Records;

/// <summary>
/// A record with members that are hints: leases and due times, which change often and decide nothing. They lie in a table row. The row may
/// be deleted, locked out or written by anybody: at worst something is done later, or twice.
/// </summary>
public interface IHinted<T> : IRecord
    where T : class
{
    /// <summary>Whether there is anything that hints are about: what is finished keeps no row.</summary>
    bool KeepsRow { get; }

    /// <summary>The same with the hints of a row, of which nothing else counts.</summary>
    T WithHintsOf(T row);

    /// <summary>The same without hints.</summary>
    T WithoutHints();
}
