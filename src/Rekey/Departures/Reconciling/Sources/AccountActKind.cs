namespace Rekey.Departures.Reconciling.Sources;

/// <summary>What an act of the audit logs did, in the order in which acts of the same time count.</summary>
public enum AccountActKind
{
    /// <summary>The account was disabled.</summary>
    Disable,

    /// <summary>The account was enabled.</summary>
    Enable,

    /// <summary>A deleted account was restored. It may still be disabled.</summary>
    Restore,

    /// <summary>The account was deleted.</summary>
    Delete,
}
