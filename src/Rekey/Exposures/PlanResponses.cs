using Rekey.Core;
using Rekey.Decisions;
using Rekey.Departures;
using Rekey.Rotations;
using Rekey.Rotations.Planning;
using Rekey.Trust;

namespace Rekey.Exposures;

/// <summary>Orders a rotation for each key that a departed person exposes. May be repeated: a cause is planned once.</summary>
public sealed class PlanResponses(PlanRotation plan, GovernedKeys governedKeys, ExposureOptions options)
{
    /// <param name="why">Why a brake asks for a decision; null when none did.</param>
    /// <returns>The response to each exposure.</returns>
    public async Task<IReadOnlyList<PlannedResponse>> PlanAsync(
        Departure departure,
        IReadOnlyList<Exposure> exposures,
        ResponseMode mode,
        string? why,
        CancellationToken cancellationToken
    )
    {
        var responses = exposures.Select(e => Response(departure, e, mode)).ToList();
        foreach (var (exposure, response) in exposures.Zip(responses))
        {
            await plan.PlanAsync(Order(departure, exposure, response, why), mode, cancellationToken);
        }

        return responses;
    }

    private PlannedResponse Response(Departure departure, Exposure exposure, ResponseMode mode) =>
        new(
            exposure.KeyId,
            DepartureUrgency.Of(departure.Hostile, exposure.Grade.Grade, options).ToString(),
            mode,
            [.. exposure.Reasons.Select(r => $"{r.Kind}: {r.Detail}")]
        );

    private RotationOrder Order(Departure departure, Exposure exposure, PlannedResponse response, string? why)
    {
        var urgency = DepartureUrgency.Of(departure.Hostile, exposure.Grade.Grade, options);
        return new(
            governedKeys.Find(exposure.KeyId).Key,
            departure.Cause,
            urgency,
            exposure.CoveredUntil,
            $"The departure {departure.Id} exposes {exposure.KeyId} "
                + $"({string.Join("; ", response.Reasons)}).{(why is null ? "" : $" This needs a decision because: {why}")}",
            [departure.PersonId, .. departure.Sources.Select(s => s.Reporter).OfType<string>()],
            urgency is Urgency.Immediate && departure.Confirmed ? OnExpiry.CarryOut : OnExpiry.Lapse
        )
        {
            WhileGone = departure is { Confirmed: true, Hostile: false } && urgency is Urgency.Immediate ? departure.PersonId : null,
            Supersedes = departure.EarlierCauses,
        };
    }
}
