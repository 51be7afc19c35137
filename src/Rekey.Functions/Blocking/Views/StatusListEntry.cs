namespace Rekey.Functions.Blocking.Views;

/// <summary>A token in the issuer's list. What is not given cannot be found blocked by it.</summary>
/// <param name="Idx">Its place in the list.</param>
/// <param name="Iat">NumericDate; needed with <paramref name="Sub"/> or <paramref name="Kid"/>, which are blocked up to a time.</param>
/// <param name="SigningInputSha256">Lower-case hex.</param>
public sealed record StatusListEntry(
    int Idx,
    string? Jti = null,
    string? Sub = null,
    long? Iat = null,
    string? Kid = null,
    string? SigningInputSha256 = null
);
