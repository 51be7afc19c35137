using Rekey.Trust.Jose;

namespace Rekey.Trust.Documents;

/// <summary>A public key that signs Rekey's documents.</summary>
/// <param name="Algorithm">The JWS algorithm that goes with it (RFC 7518), such as ES256.</param>
public sealed record DocumentKey(PublicJwk Key, string Algorithm);
