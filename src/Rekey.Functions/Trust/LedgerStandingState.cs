using Rekey.Blocking.Record;
using Rekey.Ledgers;
using Rekey.Ledgers.Forks;
using Rekey.Trust.History;

namespace Rekey.Functions.Trust;

/// <summary>The ledger's state of trust and blocks, as this instance read it.</summary>
/// <param name="ReadAt">When it was read. While the ledger cannot be read, the last state stays in force.</param>
public sealed record LedgerStandingState(TrustHistory Trust, LedgerMark Mark, LineHashes Lines, BlockHistory Blocks, DateTimeOffset ReadAt);
