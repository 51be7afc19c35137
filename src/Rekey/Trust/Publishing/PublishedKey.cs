namespace Rekey.Trust.Publishing;

/// <summary>A key as found in a published JWKS.</summary>
public sealed record PublishedKey(string Kid, string Thumbprint);
