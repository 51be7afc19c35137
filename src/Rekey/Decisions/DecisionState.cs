namespace Rekey.Decisions;

/// <summary>Where a decision stands.</summary>
public enum DecisionState
{
    Pending,
    Approved,
    Declined,
    Lapsed,
}
