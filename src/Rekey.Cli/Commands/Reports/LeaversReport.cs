using Rekey.Compliance.Exports;
using Rekey.Departures.Reading;

namespace Rekey.Cli.Commands.Reports;

/// <summary>The departures of a period, with the result of verifying the ledger that they were read from.</summary>
/// <param name="From">The first day (UTC).</param>
/// <param name="To">The last day (UTC).</param>
/// <param name="Thumbprint">The thumbprint of the pinned key of checkpoints.</param>
internal sealed record LeaversReport(
    DateOnly From,
    DateOnly To,
    IReadOnlyList<DepartureHistory> Departures,
    ExportResult Ledger,
    string Thumbprint
)
{
    public IReadOnlyList<LeaverRow> Rows => [.. Departures.SelectMany(LeaverRow.Of)];

    /// <summary>What a reader must know about the proof, in a sentence.</summary>
    public string Proof =>
        !Ledger.IsGood ? $"The ledger does not hold: {Ledger.Defects[0].File}: {Ledger.Defects[0].Wrong} What follows is not proven."
        : Ledger.ProvenLines == Ledger.Lines ? "The ledger holds, and a signed checkpoint covers all of it."
        : $"The ledger holds. No checkpoint is signed yet for lines {Ledger.ProvenLines + 1:N0} to {Ledger.Lines:N0}.";
}
