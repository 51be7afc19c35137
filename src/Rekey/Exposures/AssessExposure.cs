using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Departures;
using Rekey.Departures.CuttingOff;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Rotations;
using Rekey.Rotations.Planning;
using Rekey.Trust;

namespace Rekey.Exposures;

/// <summary>
/// Finds the keys that a departed person could have used or taken, and plans a response for each. May be repeated: a cause is planned once.
/// </summary>
public sealed class AssessExposure(
    ILedgerRecords<Departure> departures,
    FindExposures find,
    GovernedKeys governedKeys,
    CutOffPerson cutOff,
    PlanRotation plan,
    ReadBrake readBrake,
    IFindings findings,
    ExposureOptions options,
    RotationOptions rotations,
    DepartureOptions departureOptions,
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
        var found = await find.FindAsync(new(departure.PersonId, departure.AccessEndedAt, departure.NamedKeys), cancellationToken);
        await ReportAsync(found.Unread, cancellationToken);
        var exposures = found.Exposures;

        // 3. Choose the response to each, after the brakes. Cut the person off first, or they would take the new versions too.
        var (mode, why) = await ModeAsync(departure, exposures, cancellationToken);
        read = await cutOff.BeginAsync(read, [.. exposures.Select(e => e.KeyId)], mode, why, cancellationToken);
        departure = read.Value;
        var responses = exposures.Select(e => Response(departure, e, mode)).ToList();
        foreach (var (exposure, response) in exposures.Zip(responses))
        {
            await plan.PlanAsync(Order(departure, exposure, response, why), mode, cancellationToken);
        }

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

    /// <summary>Raises a finding for each key whose sources refuse, and closes those of keys that were read in full.</summary>
    private async Task ReportAsync(IReadOnlyList<UnreadSource> unread, CancellationToken cancellationToken)
    {
        // One refusal may concern every key, and is one finding.
        foreach (var refused in unread.Where(u => u.Refusal is not null).GroupBy(u => u.Why, StringComparer.Ordinal))
        {
            await findings.RaiseAsync(Unreadable(refused.First(), refused.Count()), cancellationToken);
        }

        foreach (var key in governedKeys.Keys.Select(k => k.Key.Id).Except(unread.Select(u => u.KeyId), StringComparer.Ordinal))
        {
            await findings.CloseAsync(
                Finding.IdOf(FindingKinds.CustodyUnreadable, key),
                "Every source of exposure was read in full.",
                cancellationToken
            );
        }
    }

    private async Task<(ResponseMode Mode, string? Why)> ModeAsync(
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
        return recent > departureOptions.MaxDeparturesAnHour
            ? (ResponseMode.Ask, $"{recent} departures within an hour are more than {departureOptions.MaxDeparturesAnHour}.")
            : RotationBrake.Apply(
                rotations.Mode,
                await readBrake.ReadAsync([.. exposures.Select(e => governedKeys.Find(e.KeyId))], departure.Cause, cancellationToken),
                rotations
            );
    }

    /// <summary>The number of departures of the last hour.</summary>
    private async Task<int> RecentAsync(CancellationToken cancellationToken)
    {
        var since = timeProvider.GetUtcNow() - TimeSpan.FromHours(1);
        return (await departures.ReadAsync("departure", since, cancellationToken)).Count(d => d.Value.NoticedAt >= since);
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

    private Finding Unreadable(UnreadSource unread, int keys) =>
        new(
            FindingKinds.CustodyUnreadable,
            unread.KeyId,
            Severity.Medium,
            $"Rekey could not read everything that shows who exposes {unread.KeyId}"
                + $"{(keys == 1 ? "" : $" and {keys - 1} more keys")}: {unread.Why}",
            unread.Remedy ?? "",
            new Dictionary<string, string>(StringComparer.Ordinal) { ["key"] = unread.KeyId, ["reason"] = unread.Refusal! },
            timeProvider.GetUtcNow(),
            timeProvider.GetUtcNow()
        );
}
