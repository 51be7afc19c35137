namespace Rekey.Core;

/// <summary>How far a response goes by itself.</summary>
public enum ResponseMode
{
    /// <summary>Record what would have been done, and do nothing.</summary>
    Observe,

    /// <summary>Wait for an approver.</summary>
    Ask,

    /// <summary>Do it.</summary>
    Enforce,
}
