using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Departures;
using Rekey.Departures.CuttingOff;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Rotations;

namespace Rekey.Exposures;

/// <summary>
/// Finds the keys that a departed person could have used or taken, and plans a response for each. May be repeated: a cause is planned once.
/// </summary>
public sealed class AssessExposure(
    ILedgerRecords<Departure> departures,
    FindExposuresOfDeparture find,
    ChooseResponseMode choose,
    CutOffPerson cutOff,
    PlanResponses plan,
    RotationOptions rotations,
    TimeProvider timeProvider
)
{
    /// <returns>When to retry what could not be read; null when nothing is left, or another worker retries it.</returns>
    public async Task<DateTimeOffset?> AssessAsync(string departureId, CancellationToken cancellationToken)
    {
        // 1. Read the departure again; the message only named it.
        if (await departures.FindAsync("departure", departureId, cancellationToken) is not { } read)
        {
            throw new CannotContinueException(
                "unknown-departure",
                $"There is no departure '{departureId}'.",
                "Nothing needs to be done, unless rows were deleted by hand."
            );
        }

        var departure = read.Value;
        if (departure.AssessedAt is not null || departure.NextLookAt > timeProvider.GetUtcNow())
        {
            return null;
        }

        // 2. Ask every source about every governed key. What cannot be read yet does not hold up what is known.
        var found = await find.FindAsync(departure, cancellationToken);
        var exposures = found.Exposures;

        // 3. Choose the response to each, after the brakes. Cut the person off first, or they would take the new versions too.
        var (mode, why) = await choose.FirstAsync(departure, exposures, cancellationToken);
        read = await cutOff.BeginAsync(read, [.. exposures.Select(e => e.KeyId)], mode, why, cancellationToken);
        departure = read.Value;
        var responses = await plan.PlanAsync(departure, exposures, mode, why, cancellationToken);

        // 4. Some sources could not be read: act on what is known, and retry the rest, less often each time.
        if (found.Unread.Count > 0)
        {
            var again = timeProvider.GetUtcNow() + Backoff.After(departure.Looks + 1, rotations.StuckRetry);
            await SaveAsync(read, departure with { Looks = departure.Looks + 1, NextLookAt = again }, cancellationToken);
            return again;
        }

        // 5. Put it on record. If a new source arrived meanwhile, assess again.
        await SaveAsync(
            read,
            departure with
            {
                AssessedAt = timeProvider.GetUtcNow(),
                Plan = responses,
            },
            cancellationToken,
            DepartureEvents.Assessed(departure, responses, why)
        );
        return null;
    }

    private async Task SaveAsync(
        Versioned<Departure> read,
        Departure departure,
        CancellationToken cancellationToken,
        LedgerEvent? what = null
    )
    {
        if (
            await (
                what is null
                    ? departures.ReplaceAsync(read, departure, cancellationToken)
                    : departures.ReplaceAsync(read, departure, what, cancellationToken)
            )
            is null
        )
        {
            throw new RetryLaterException("The departure changed while it was assessed.", TimeSpan.FromSeconds(1));
        }
    }
}
