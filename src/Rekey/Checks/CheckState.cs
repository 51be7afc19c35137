namespace Rekey.Checks;

/// <summary>The result of a check.</summary>
public enum CheckState
{
    /// <summary>It is as it must be.</summary>
    Ok,

    /// <summary>A person must do something.</summary>
    Act,

    /// <summary>The app could not find out.</summary>
    Unknown,
}
