namespace Rekey.Decisions;

/// <summary>What becomes of a decision that nobody answers in time.</summary>
public enum OnExpiry
{
    /// <summary>Nothing is done.</summary>
    Lapse,

    /// <summary>It carries itself out: silence must not keep a stolen key alive.</summary>
    CarryOut,
}
