namespace Rekey.Blocking.Record;

/// <summary>A state of the blocklist as recorded in the ledger.</summary>
/// <param name="Number">Counts the changes from 1 without a gap; 0 before the first.</param>
/// <param name="Sha256">Hash of the list's document, lower-case hex.</param>
public sealed record BlockFact(long Number, string Sha256)
{
    /// <summary>The list before the first change.</summary>
    public static BlockFact Empty { get; } = new(0, Blocklist.Empty.Sha256);
}
