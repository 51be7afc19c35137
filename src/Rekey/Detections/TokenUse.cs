namespace Rekey.Detections;

/// <summary>How one token was used from one address.</summary>
/// <param name="Accesses">
/// Never more than there were. Exact when accesses arrive in the order of their times; where two sightings overlap in time the greater
/// number counts, so that what is seen again in an overlapping window is not counted again.
/// </param>
public sealed record TokenUse(string? Address, DateTimeOffset FirstSeen, DateTimeOffset LastSeen, long Accesses)
{
    public static TokenUse Of(Sighting sighting) => new(sighting.SrcIpAddr, sighting.FirstSeen, sighting.LastSeen, sighting.Accesses);

    /// <summary>Both together. What is contained already changes nothing.</summary>
    public TokenUse With(TokenUse other)
    {
        var apart = other.FirstSeen > LastSeen || other.LastSeen < FirstSeen;
        return new(
            Address,
            Earlier(FirstSeen, other.FirstSeen),
            Later(LastSeen, other.LastSeen),
            apart ? Accesses + other.Accesses : Math.Max(Accesses, other.Accesses)
        );
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
