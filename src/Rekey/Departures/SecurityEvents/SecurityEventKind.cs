namespace Rekey.Departures.SecurityEvents;

/// <summary>What Rekey does about a type of events.</summary>
public enum SecurityEventKind
{
    /// <summary>The account may have been closed or opened: the directory is asked.</summary>
    Account,

    /// <summary>It is recorded and nothing else: a session was revoked, a credential changed, the stream was verified.</summary>
    Signal,
}
