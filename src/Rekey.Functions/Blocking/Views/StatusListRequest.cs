namespace Rekey.Functions.Blocking.Views;

/// <summary>An issuer's question: which of these tokens of mine are blocked?</summary>
/// <param name="Bits">Bits of one status: 1, 2, 4 or 8.</param>
/// <param name="Size">How many tokens the list has room for.</param>
internal sealed record StatusListRequest(int Bits, int Size, IReadOnlyList<StatusListEntry> Entries);
