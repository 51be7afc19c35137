namespace Rekey.Departures;

/// <summary>What became of a notice.</summary>
public enum NoticeOutcome
{
    /// <summary>The person is there and enabled: nothing to do.</summary>
    NotDeparted,

    /// <summary>The directory knows no such person, and neither do we.</summary>
    UnknownPerson,

    /// <summary>A departure, new or known.</summary>
    Departed,
}
