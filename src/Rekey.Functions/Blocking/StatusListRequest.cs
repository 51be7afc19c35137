namespace Rekey.Functions.Blocking;

/// <summary>An issuer's question: which of these tokens of mine are blocked?</summary>
/// <param name="Bits">Bits of one status: 1, 2, 4 or 8.</param>
/// <param name="Size">How many tokens the list has room for.</param>
public sealed record StatusListRequest(int Bits, int Size, IReadOnlyList<StatusListEntry> Entries);

/// <summary>A token in the issuer's list. What is not given cannot be found blocked by it.</summary>
/// <param name="Idx">Its place in the list.</param>
/// <param name="Iat">NumericDate; needed with <paramref name="Sub"/> or <paramref name="Kid"/>, which are blocked up to a time.</param>
/// <param name="SigningInputSha256">Lower-case hex.</param>
public sealed record StatusListEntry(
    int Idx, string? Jti = null, string? Sub = null, long? Iat = null, string? Kid = null, string? SigningInputSha256 = null);
