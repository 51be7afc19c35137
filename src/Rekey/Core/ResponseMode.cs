namespace Rekey.Core;

/// <summary>How far Rekey acts without a person.</summary>
public enum ResponseMode
{
    /// <summary>Record what would be done, and do nothing.</summary>
    Observe,

    /// <summary>Wait for an approver.</summary>
    Ask,

    /// <summary>Do it.</summary>
    Enforce,
}
