using Rekey.Blocking;

namespace Rekey.Functions.Blocking.Views;

/// <summary>The blocklist as this instance serves it.</summary>
/// <param name="List">What is asked about tokens.</param>
/// <param name="Jws">The signed list; null while it cannot be signed: then it is only judged by.</param>
/// <param name="ValidUntil">Until when the signed list may be used.</param>
public sealed record BlocklistView(Blocklist List, ServedBlocklist? Jws, DateTimeOffset ValidUntil);
