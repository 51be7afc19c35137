namespace Rekey.Ledgers;

/// <summary>What the ledger says of one matter. A <see cref="LedgerReader"/> gives every line to every view, once and in order.</summary>
public interface ILedgerView
{
    /// <summary>Number of the last line taken; 0 before the first.</summary>
    long Read { get; }

    /// <summary>Takes the next line.</summary>
    void Take(LedgerLine line);
}
