using Rekey.Ledgers;

namespace Rekey.Functions.Ledgers;

/// <summary>A line of the ledger.</summary>
/// <param name="Number">Counts from 1 without a gap.</param>
/// <param name="At">When it was written.</param>
/// <param name="Id">The id of its entry.</param>
/// <param name="Kind">What happened.</param>
/// <param name="About">The departure, key, decision or document that it is about.</param>
/// <param name="Facts">Object ids, pseudonyms and plain facts; no names, addresses or tokens.</param>
/// <param name="Previous">SHA-256 of the line before, lower-case hex.</param>
public sealed record LedgerLineView(
    long Number,
    DateTimeOffset At,
    string Id,
    string Kind,
    string About,
    IReadOnlyDictionary<string, string> Facts,
    string Previous
)
{
    public static LedgerLineView Of(LedgerLine line) =>
        new(line.Number, line.At, line.Entry.Id, line.Entry.Kind, line.Entry.About, line.Entry.Facts, line.Previous);
}
