using Rekey.Core.Records;

namespace Rekey.Ledgers.Records;

/// <summary>A record whose content must not stand in the ledger: only its hash does. Its row is all that there is, so it can be
/// lost.</summary>
public interface IHashed : IRecord
{
    /// <summary>The earliest time that its content is about. When the row is lost, what was logged since then must be looked at
    /// again.</summary>
    DateTimeOffset Since { get; }
}
