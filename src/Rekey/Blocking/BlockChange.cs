namespace Rekey.Blocking;

/// <summary>A change of the blocklist. Entries replace those with the same id; removals come first.</summary>
/// <param name="Remove">Ids of entries.</param>
public sealed record BlockChange(IReadOnlyList<BlockEntry> Add, IReadOnlyList<string> Remove);
