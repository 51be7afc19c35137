namespace Rekey.VaultAccess.Responses;

/// <summary>The responses to a drift.</summary>
public enum AccessAction
{
    /// <summary>A finding only.</summary>
    Report,

    /// <summary>A finding that shows what would happen: the mode is Observe.</summary>
    Observe,

    /// <summary>An approver decides; after approval Rekey removes the grant.</summary>
    AskAndRemove,

    /// <summary>An approver decides; after approval an operator removes the grant, because no identity of Rekey can.</summary>
    AskOperator,

    /// <summary>Rekey removes the grant without approval.</summary>
    Remove,
}
