using Rekey.Ledgers;
using Rekey.Ledgers.Snapshots;

namespace Rekey.Rotations.Outcomes;

/// <summary>Reads all rotations and their outcomes from the ledger. No table row can change them (T9).</summary>
public sealed class RotationLedger(LedgerReader reader)
{
    private readonly LedgerFold<RecordedRotations> _recorded = new(
        reader,
        "rotations-ever",
        RecordedRotations.None,
        (recorded, line) => recorded.With(line),
        version: 1,
        (recorded, to) => recorded.Save().WriteTo(to),
        SavedView.ByTree(RecordedRotations.Load)
    );

    /// <summary>Reads all rotations up to now.</summary>
    /// <exception cref="Core.RetryLaterException">The ledger cannot be reached.</exception>
    public Task<RecordedRotations> ReadAsync(CancellationToken cancellationToken) => _recorded.ReadAsync(cancellationToken);
}
