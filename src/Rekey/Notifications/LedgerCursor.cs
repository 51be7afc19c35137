using Rekey.Core.Records;
using Rekey.Ledgers;

namespace Rekey.Notifications;

/// <summary>The cursor of events sent to subscribers.</summary>
/// <param name="Sent">The last line up to which everything was sent.</param>
/// <param name="Hash">The line's hash. A cursor whose line is not in the ledger is ignored.</param>
public sealed record LedgerCursor(long Sent, string Hash) : IRecord
{
    public static int SchemaVersion => 1;

    public string Partition => "cursor";

    public string Row => "events";

    /// <summary>The cursor before the first event.</summary>
    public static LedgerCursor Start => Of(LedgerHead.Empty);

    /// <summary>Whether everything was sent.</summary>
    public static LedgerCursor Of(LedgerHead head) => new(head.Lines, head.Hash);
}
