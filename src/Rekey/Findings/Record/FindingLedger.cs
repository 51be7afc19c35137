using Rekey.Core;
using Rekey.Ledgers;
using Rekey.Ledgers.Snapshots;

namespace Rekey.Findings.Record;

/// <summary>Reads findings from the ledger: which are open, and what was reported of each.</summary>
public sealed class FindingLedger(LedgerReader reader)
{
    private readonly LedgerFold<RecordedFindings> _recorded = new(
        reader,
        "findings",
        RecordedFindings.None,
        (recorded, line) => recorded.With(line),
        version: 2,
        (recorded, to) => recorded.Save().WriteTo(to),
        SavedView.ByTree(RecordedFindings.Load)
    );

    /// <summary>The last state that was read, for views while the ledger is broken.</summary>
    public RecordedFindings Known { get; private set; } = RecordedFindings.None;

    /// <exception cref="RetryLaterException">The ledger cannot be reached.</exception>
    /// <exception cref="CannotContinueException">The ledger is broken.</exception>
    public async Task<RecordedFindings> ReadAsync(CancellationToken cancellationToken) =>
        Known = await _recorded.ReadAsync(cancellationToken);
}
