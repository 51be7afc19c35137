namespace Rekey.Functions.Trust.Views;

/// <summary>A page of the governed keys, by their ids.</summary>
/// <param name="Next">The <c>after</c> of the next page; null on the last.</param>
public sealed record KeyPage(IEnumerable<KeyView> Keys, string? Next);
