namespace Rekey.Blocking.Proposals;

/// <summary>A kid with more forged tokens than are worth a list.</summary>
/// <param name="Found">How many there are, listed ones too.</param>
public sealed record CrowdedKid(string Issuer, string Kid, int Found);
