namespace Rekey.Ledgers;

/// <summary>The outcome of an append.</summary>
public enum AppendOutcome
{
    /// <summary>Written at the expected place.</summary>
    Appended,

    /// <summary>Another writer wrote there first (412).</summary>
    PositionTaken,
}
