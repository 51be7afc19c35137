namespace Rekey.Departures.Reconciling;

/// <summary>What a pass over the directory reads.</summary>
public enum PassStage
{
    /// <summary>The changes since the last pass.</summary>
    Changes,

    /// <summary>All accounts, because there was no pass before or its link is no longer accepted.</summary>
    All,

    /// <summary>The deleted accounts, after all others.</summary>
    Deleted,
}
