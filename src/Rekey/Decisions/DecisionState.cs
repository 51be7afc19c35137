namespace Rekey.Decisions;

/// <summary>The state of a decision.</summary>
public enum DecisionState
{
    Pending,
    Approved,
    Declined,
    Lapsed,
}
