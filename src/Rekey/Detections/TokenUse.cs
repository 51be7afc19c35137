namespace Rekey.Detections;

/// <summary>The use of one token from one address.</summary>
/// <param name="Accesses">
/// The minimum number of accesses. It is exact if accesses arrive in the order of their times. If two sightings overlap in time, the
/// greater number counts, so that an overlapping window does not count accesses twice.
/// </param>
public sealed record TokenUse(string? Address, DateTimeOffset FirstSeen, DateTimeOffset LastSeen, long Accesses)
{
    public static TokenUse Of(Sighting sighting) => new(sighting.SrcIpAddr, sighting.FirstSeen, sighting.LastSeen, sighting.Accesses);

    /// <summary>Merges two uses. A use that is contained in the other changes nothing.</summary>
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
