using Rekey.Functions.Trust.Views;

namespace Rekey.Functions.Blocking.Views;

/// <summary>The key version that a token names as its signer.</summary>
/// <param name="Kid">The kid; null when it is unknown.</param>
/// <param name="Key">The governed key; null when none has a version with this kid.</param>
/// <param name="Version">The version and whether it is trusted; null when there is none with this kid.</param>
/// <param name="SignatureIsGood">Whether this version made the signature; null when it was not checked. A forger can write any kid.</param>
/// <param name="Unchecked">Why something is unknown; null when nothing is.</param>
public sealed record TokenSignerView(string? Kid, string? Key, KeyVersionView? Version, bool? SignatureIsGood, string? Unchecked);
