namespace Rekey.Functions.Trust.Views;

/// <summary>An issuer's key set (RFC 7517), from the trust list.</summary>
public sealed record JwkSetView(IReadOnlyList<JwkView> Keys);
