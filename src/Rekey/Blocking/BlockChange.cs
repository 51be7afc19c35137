namespace Rekey.Blocking;

/// <summary>One change of the blocklist. Entries are put in place of those with the same id; removals come first.</summary>
/// <param name="Number">Counts from 1 without a hole.</param>
/// <param name="Previous">SHA-256 of the bytes of the change before, lower-case hex: a change that is left out is noticed.</param>
/// <param name="Remove">Ids of entries.</param>
public sealed record BlockChange(string Environment, long Number, string Previous, DateTimeOffset At, IReadOnlyList<BlockEntry> Add, IReadOnlyList<string> Remove)
{
    /// <summary>What the first change names as its predecessor.</summary>
    public static readonly string Origin = new('0', 64);
}

/// <summary>A part of the whole list as it was behind one change: what a reader starts from.</summary>
/// <param name="Number">The change behind which the list was so; 0 before the first.</param>
/// <param name="Chain">The hash of that change.</param>
/// <param name="At">When it was made; entries that had expired by then are left out.</param>
/// <param name="Part">Counts from 1.</param>
public sealed record BlockBase(string Environment, long Number, string Chain, DateTimeOffset At, int Part, int Parts, IReadOnlyList<BlockEntry> Entries);
