namespace Rekey.Functions.Blocking.Views;

/// <summary>A token in the issuer's list. Only blocks on the values that are given are found.</summary>
/// <param name="Idx">The index of the token in the list.</param>
/// <param name="Iat">NumericDate; required with <paramref name="Sub"/> or <paramref name="Kid"/>, whose blocks end at a time.</param>
/// <param name="SigningInputSha256">Lower-case hex.</param>
public sealed record StatusListEntry(
    int Idx,
    string? Jti = null,
    string? Sub = null,
    long? Iat = null,
    string? Kid = null,
    string? SigningInputSha256 = null
);
