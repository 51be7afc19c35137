namespace Rekey.Blocking.Proposals;

/// <summary>A kid with too many forged tokens for the list.</summary>
/// <param name="Found">Their number, including listed ones.</param>
public sealed record CrowdedKid(string Issuer, string Kid, int Found);
