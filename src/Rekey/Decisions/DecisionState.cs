namespace Rekey.Decisions;

/// <summary>The state of a decision.</summary>
public enum DecisionState
{
    Pending,
    Approved,
    Declined,
    Lapsed,

    /// <summary>Rekey took the question back, because nothing was left to decide.</summary>
    Withdrawn,
}
