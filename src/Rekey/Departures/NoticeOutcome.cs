namespace Rekey.Departures;

/// <summary>The outcome of a notice.</summary>
public enum NoticeOutcome
{
    /// <summary>The person's account exists and is enabled: nothing to do.</summary>
    NotDeparted,

    /// <summary>Neither the directory nor Rekey knows the person.</summary>
    UnknownPerson,

    /// <summary>It is a departure, new or known.</summary>
    Departed,
}
