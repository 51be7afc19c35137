using Rekey.Core.Records;
using Rekey.Ledgers;

namespace Rekey.Departures.Feed;

/// <summary>The file of undelivered events that was taken up last. The files stay, so that this alone says which ones are new.</summary>
public sealed record EventDeadLetterCursor(DateTimeOffset WrittenAt, string Name) : IRecord
{
    /// <summary>The partition of the only record.</summary>
    public const string Cursor = "cursor";

    /// <summary>The row of the only record.</summary>
    public const string Only = "event-dead-letters";

    /// <summary>Before the first file.</summary>
    public static EventDeadLetterCursor Start { get; } = new(DateTimeOffset.UnixEpoch, "");

    public static int SchemaVersion => 1;

    public string Partition => Cursor;

    public string Row => Only;

    /// <summary>Whether a file comes after this place.</summary>
    public bool IsBefore(EventDeadLetterFile file) => Compare(file, new(Name, WrittenAt)) > 0;

    /// <summary>The order in which files are taken up: by time, then by name.</summary>
    public static int Compare(EventDeadLetterFile one, EventDeadLetterFile other) =>
        one.WrittenAt.CompareTo(other.WrittenAt) is not 0 and var order ? order : string.CompareOrdinal(one.Name, other.Name);

    /// <summary>The ledger's line about files that were taken up.</summary>
    /// <param name="files">How many.</param>
    /// <param name="events">How many events they had.</param>
    /// <param name="refused">How many parts could not be read and are dead letters of Rekey.</param>
    public static LedgerEvent Taken(int files, int events, int refused) => FeedEvents.TakenUp(files, events, refused);
}
