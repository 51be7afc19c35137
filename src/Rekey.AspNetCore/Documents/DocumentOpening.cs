using Rekey.Trust.Jose;

namespace Rekey.AspNetCore.Documents;

/// <summary>Opens a signed document.</summary>
internal delegate T DocumentOpening<out T>(ReadOnlySpan<byte> document, PublicJwk pinned, string algorithm, string environment);
