using Rekey.Blocking.Record;
using Rekey.Ledgers;
using Rekey.Trust.History;

namespace Rekey.Functions.Trust;

/// <summary>What the ledger says of trust and blocks, as this instance knows it.</summary>
/// <param name="ReadAt">When it was read: while the ledger is silent, what was read last stays in force.</param>
public sealed record LedgerStandingState(TrustHistory Trust, LedgerMark Mark, BlockHistory Blocks, DateTimeOffset ReadAt);
