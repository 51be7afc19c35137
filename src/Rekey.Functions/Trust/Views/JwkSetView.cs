namespace Rekey.Functions.Trust.Views;

/// <summary>The form of an issuer's key set (RFC 7517); its bytes come from the trust list.</summary>
public sealed record JwkSetView(IReadOnlyList<JwkView> Keys);
