using Rekey.Core;

namespace Rekey.Rotations.Planning;

/// <summary>The brakes: a mass event needs a decision. Pure.</summary>
internal static class RotationBrake
{
    /// <summary>Issuers with fewer keys are not measured by share.</summary>
    public const int SmallIssuer = 4;

    /// <summary>The mode after the brakes, and why it was lowered; null when it was not.</summary>
    public static (ResponseMode Mode, string? Why) Apply(ResponseMode mode, BrakeReading reading, RotationOptions options)
    {
        if (mode is not ResponseMode.Enforce)
        {
            return (mode, null);
        }

        if (reading.StartedLastHour + reading.Planned > options.MaxRotationsAnHour)
        {
            return (
                ResponseMode.Ask,
                $"{reading.StartedLastHour + reading.Planned} rotations within an hour are more than {options.MaxRotationsAnHour}."
            );
        }

        return reading.IssuerKeys >= SmallIssuer && reading.IssuerKeysAffected * 100 > reading.IssuerKeys * options.MaxIssuerSharePercent
            ? (
                ResponseMode.Ask,
                $"{reading.IssuerKeysAffected} of an issuer's {reading.IssuerKeys} keys are more than "
                    + $"{options.MaxIssuerSharePercent} percent."
            )
            : (mode, null);
    }
}
