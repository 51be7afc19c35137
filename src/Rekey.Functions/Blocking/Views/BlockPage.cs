namespace Rekey.Functions.Blocking.Views;

/// <summary>A page of the blocklist.</summary>
/// <param name="Number">Number of the blocklist.</param>
/// <param name="Count">Number of entries on all pages.</param>
/// <param name="Next">The <c>after</c> of the next page; null on the last.</param>
public sealed record BlockPage(long Number, int Count, IEnumerable<BlockView> Blocks, string? Next);
