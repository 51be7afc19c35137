namespace Rekey.Decisions;

/// <summary>The default outcome of a decision that is not answered in time.</summary>
public enum OnExpiry
{
    /// <summary>The decision lapses: nothing is done.</summary>
    Lapse,

    /// <summary>The decision is carried out: silence must not keep a stolen key alive.</summary>
    CarryOut,
}
