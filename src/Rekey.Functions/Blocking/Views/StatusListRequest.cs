namespace Rekey.Functions.Blocking.Views;

/// <summary>An issuer's list of its tokens, for which it asks the status.</summary>
/// <param name="Bits">Bits per status: 1, 2, 4 or 8.</param>
/// <param name="Size">The number of tokens that fit into the list.</param>
internal sealed record StatusListRequest(int Bits, int Size, IReadOnlyList<StatusListEntry> Entries);
