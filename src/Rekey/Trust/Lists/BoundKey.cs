namespace Rekey.Trust.Lists;

/// <summary>A key with the issuer that it is bound to.</summary>
public sealed record BoundKey(SigningKey Key, IssuerBinding Issuer);
