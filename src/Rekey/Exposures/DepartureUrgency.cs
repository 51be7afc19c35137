using Rekey.Departures;
using Rekey.Rotations;

namespace Rekey.Exposures;

/// <summary>Decides whether the rotations that follow from a departure are immediate or graceful.</summary>
public static class DepartureUrgency
{
    /// <summary>Immediate when the person is hostile, or when a key that they could have used counts as taken.</summary>
    public static Urgency Of(Departure departure, ExposureOptions options) =>
        departure.Hostile || options.AssumeExtractable ? Urgency.Immediate : Urgency.Graceful;
}
