using Rekey.Blocking;
using Rekey.Functions.Trust;

namespace Rekey.Functions.Blocking.Views;

/// <summary>The blocklist as this instance serves it.</summary>
/// <param name="List">The entries that tokens are checked against.</param>
/// <param name="Jws">The signed list; null while it cannot be signed. Tokens are still checked against the entries.</param>
/// <param name="ValidUntil">Until when the signed list may be used.</param>
public sealed record BlocklistView(Blocklist List, ServedDocument? Jws, DateTimeOffset ValidUntil);
