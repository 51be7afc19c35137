namespace Rekey.Blocking;

/// <summary>A change of the blocklist. Entries replace those with the same id; removals come first.</summary>
/// <param name="From">The number of the list that it was made for; a proposal that is asked again counts on from there.</param>
/// <param name="Remove">Ids of entries.</param>
public sealed record BlockChange(long From, IReadOnlyList<BlockEntry> Add, IReadOnlyList<string> Remove);
