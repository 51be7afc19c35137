namespace Rekey.DuckDb.Intake.Repairs;

/// <summary>How much of a line can be read.</summary>
internal enum LineDamage
{
    /// <summary>All of it.</summary>
    None,

    /// <summary>The members before the damage, or all of them with some characters replaced.</summary>
    Some,

    /// <summary>Nothing.</summary>
    All,
}
