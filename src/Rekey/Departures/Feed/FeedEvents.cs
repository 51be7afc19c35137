using System.Globalization;
using Rekey.Core;
using Rekey.Ledgers;

namespace Rekey.Departures.Feed;

/// <summary>Builds the ledger's lines about the departure feed.</summary>
internal static class FeedEvents
{
    public static LedgerEvent Of(string kind) => new(kind, ChangeSubscription.Users, Facts.Of());

    /// <param name="files">How many files of Event Grid were taken up.</param>
    /// <param name="events">How many events they had.</param>
    /// <param name="refused">How many parts could not be read and are dead letters of Rekey.</param>
    public static LedgerEvent TakenUp(int files, int events, int refused) =>
        new(
            LedgerKinds.EventDeadLettersTaken,
            ChangeSubscription.Users,
            Facts.Of(
                ("files", files.ToString(CultureInfo.InvariantCulture)),
                ("events", events.ToString(CultureInfo.InvariantCulture)),
                ("refused", refused.ToString(CultureInfo.InvariantCulture))
            )
        );
}
