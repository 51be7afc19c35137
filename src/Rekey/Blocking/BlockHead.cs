namespace Rekey.Blocking;

/// <summary>The signed head of the published blocklist: up to which change it goes, and until when it may be used.</summary>
/// <param name="Number">The number of the last change.</param>
/// <param name="Chain">The hash of that change.</param>
/// <param name="ValidUntil">A verifier refuses the list from then on.</param>
public sealed record BlockHead(string Environment, long Number, string Chain, DateTimeOffset MadeAt, DateTimeOffset ValidUntil);
