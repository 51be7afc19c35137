using Rekey.Core.Records;
using Rekey.Ledgers;

namespace Rekey.Notifications;

/// <summary>How far the ledger has been sent to subscribers.</summary>
/// <param name="Sent">The last line of which nothing is left to send.</param>
/// <param name="Hash">Its hash. A cursor whose line is not in the ledger counts for nothing.</param>
public sealed record LedgerCursor(long Sent, string Hash) : IRecord
{
    public static int SchemaVersion => 1;

    public string Partition => "cursor";

    public string Row => "events";

    /// <summary>Nothing was sent yet.</summary>
    public static LedgerCursor Start => Of(LedgerHead.Empty);

    /// <summary>Everything was sent.</summary>
    public static LedgerCursor Of(LedgerHead head) => new(head.Lines, head.Hash);
}
