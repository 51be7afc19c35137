using Rekey.Core;
using Rekey.Departures;
using Rekey.Ledgers.Records;
using Rekey.Rotations;
using Rekey.Rotations.Planning;
using Rekey.Trust;
using Rekey.Trust.Lists;

namespace Rekey.Exposures;

/// <summary>Chooses the mode of the responses to a departure: the configured one, unless a brake makes a question of it.</summary>
public sealed class ChooseResponseMode(
    ILedgerRecords<Departure> departures,
    ReadBrake readBrake,
    GovernedKeys governedKeys,
    DepartureOptions options,
    RotationOptions rotations,
    TimeProvider timeProvider
)
{
    /// <summary>The mode of the first responses, and why it was lowered; null when it was not.</summary>
    public async Task<(ResponseMode Mode, string? Why)> FirstAsync(
        Departure departure,
        IReadOnlyList<Exposure> exposures,
        CancellationToken cancellationToken
    )
    {
        if (rotations.Mode is not ResponseMode.Enforce)
        {
            return (rotations.Mode, null);
        }

        if (!departure.Confirmed)
        {
            return (ResponseMode.Ask, "The directory has not confirmed that this person has left.");
        }

        var recent = await RecentAsync(cancellationToken);
        return recent > options.MaxDeparturesAnHour
            ? (ResponseMode.Ask, $"{recent} departures within an hour are more than {options.MaxDeparturesAnHour}.")
            : RotationBrake.Apply(
                rotations.Mode,
                await readBrake.ReadAsync([.. exposures.Select(e => governedKeys.Find(e.KeyId))], departure.Cause, cancellationToken),
                rotations
            );
    }

    /// <summary>The mode of later responses. They need a decision when one of the first ones did.</summary>
    public async Task<(ResponseMode Mode, string? Why)> LaterAsync(
        Departure departure,
        IReadOnlyList<BoundKey> keys,
        string cause,
        CancellationToken cancellationToken
    ) =>
        rotations.Mode is ResponseMode.Enforce && departure.Plan.Any(p => p.Mode is ResponseMode.Ask)
            ? (ResponseMode.Ask, "The first rotations of this departure needed a decision too.")
            : RotationBrake.Apply(rotations.Mode, await readBrake.ReadAsync(keys, cause, cancellationToken), rotations);

    /// <summary>The number of departures of the last hour.</summary>
    private async Task<int> RecentAsync(CancellationToken cancellationToken)
    {
        var since = timeProvider.GetUtcNow() - TimeSpan.FromHours(1);
        return (await departures.ReadAsync("departure", since, cancellationToken)).Count(d => d.Value.NoticedAt >= since);
    }
}
