namespace Rekey.VaultAccess.Custody;

/// <summary>A holder in the custody record, with the time over which sweeps saw the right.</summary>
/// <param name="Last">The last time that the record was kept and the right was there.</param>
public sealed record RecordedHolder(KeyHolder Holder, DateTimeOffset First, DateTimeOffset Last)
{
    /// <summary>The longest time between the end of a right and the next record that lacks it.</summary>
    /// <remarks>25 h: the record is kept once a day, and sweeps run each hour.</remarks>
    private static readonly TimeSpan Doubt = TimeSpan.FromHours(25);

    /// <summary>When the right was gone at the latest, unless a later record has it.</summary>
    public DateTimeOffset GoneBy => Last + Doubt;
}
