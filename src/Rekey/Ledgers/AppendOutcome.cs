namespace Rekey.Ledgers;

/// <summary>What became of an append.</summary>
public enum AppendOutcome
{
    /// <summary>Written at the expected place.</summary>
    Appended,

    /// <summary>Somebody else wrote there first (412).</summary>
    PositionTaken,
}
