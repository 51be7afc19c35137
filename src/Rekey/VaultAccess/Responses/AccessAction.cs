namespace Rekey.VaultAccess.Responses;

/// <summary>What is done about a drift.</summary>
public enum AccessAction
{
    /// <summary>Told, and nothing else.</summary>
    Report,

    /// <summary>It would be removed, or asked about; the mode is to observe.</summary>
    Observe,

    /// <summary>An approver decides, and on yes it is removed.</summary>
    AskAndRemove,

    /// <summary>An approver decides, and on yes an operator removes it: no identity of Rekey's could.</summary>
    AskOperator,

    /// <summary>Removed without a question.</summary>
    Remove,
}
