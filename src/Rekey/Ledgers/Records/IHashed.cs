using Rekey.Core.Records;

namespace Rekey.Ledgers.Records;

/// <summary>A record of which the ledger has only the hash. The row has the only copy of the content, so it can be lost.</summary>
public interface IHashed : IRecord
{
    /// <summary>The earliest time that its content is about. If the row is lost, the logs since then must be read again.</summary>
    DateTimeOffset Since { get; }
}
