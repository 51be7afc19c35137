namespace Rekey.Functions.Blocking.Views;

/// <summary>A page of what is blocked.</summary>
/// <param name="Number">Number of the blocklist.</param>
/// <param name="Count">How many entries it has on all pages.</param>
/// <param name="Next">What the next page is asked for with as <c>after</c>; null on the last.</param>
public sealed record BlockPage(long Number, int Count, IEnumerable<BlockView> Blocks, string? Next);
