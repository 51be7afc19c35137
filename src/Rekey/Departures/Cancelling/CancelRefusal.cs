namespace Rekey.Departures.Cancelling;

/// <summary>Why a rotation is not cancelled.</summary>
public enum CancelRefusal
{
    /// <summary>There is no such rotation.</summary>
    NotFound,

    /// <summary>It has not begun: it waits for an answer.</summary>
    NotStarted,

    /// <summary>The caller is the person who leaves, reported it, or approved the rotation.</summary>
    StartedByCaller,

    /// <summary>A departure of the caller is open.</summary>
    DepartureIsOpen,

    /// <summary>The departure is hostile: the key counts as stolen.</summary>
    Hostile,

    /// <summary>Tokens were forged with the key.</summary>
    Forged,

    /// <summary>Trust in the old versions ends or has ended: that is never taken back.</summary>
    CannotBeUndone,
}
