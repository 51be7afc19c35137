using Rekey.Decisions;
using Rekey.Ledgers;
using Rekey.Rotations;
using Rekey.Trust;

namespace Rekey.Offboarding;

/// <summary>Takes up every departure that is not finished: enqueues what was never assessed, and settles what is done.</summary>
public sealed class TakeUpDepartures(ILedgerRecords<Departure> departures, IRecords<Rotation> rotations, AskForDecision decisions, IWorkQueue queue, Estate estate, TimeProvider clock)
{
    public async Task RunAsync(CancellationToken cancel)
    {
        // One that fails holds up no other.
        var failures = new Failures();
        await failures.TryAsync(async () =>
        {
            await foreach (var read in departures.ListAsync("departure", cancel))
            {
                await failures.TryAsync(() => TakeUpAsync(read, cancel));
            }
        });
        failures.Throw();
    }

    private async Task TakeUpAsync(Versioned<Departure> read, CancellationToken cancel)
    {
        if (read.Value.AssessedAt is not null)
        {
            await (read.Value.SettledAt is null ? LookAfterAsync(read, cancel) : Task.CompletedTask);
        }
        else if (!(read.Value.NextLookAt > clock.GetUtcNow()))
        {
            await queue.EnqueueDepartureAsync(read.Value.Id, delay: null, cancel);
        }
    }

    private async Task LookAfterAsync(Versioned<Departure> read, CancellationToken cancel)
    {
        var standings = new List<CauseStanding>();
        foreach (var response in read.Value.Plan.Where(p => p.Mode is not ResponseMode.Observe && estate.Governs(p.KeyId)))
        {
            standings.Add(await StandingAsync(SigningKey.RowOf(response.KeyId), read.Value.Cause, cancel));
        }

        if (standings.Contains(CauseStanding.Unasked))
        {
            // The words of a question were deleted, so nobody can answer it. Assessed again, it is asked again; nothing is planned twice.
            if (await departures.ReplaceAsync(read, read.Value with { AssessedAt = null }, cancel) is not null)
            {
                await queue.EnqueueDepartureAsync(read.Value.Id, delay: null, cancel);
            }
        }
        else if (!standings.Contains(CauseStanding.Open))
        {
            await SettleAsync(read, cancel);
        }
    }

    private async Task<CauseStanding> StandingAsync(string row, string cause, CancellationToken cancel)
    {
        if ((await rotations.FindAsync(Rotation.Live, row, cancel))?.Value is not { } rotation || !rotation.Knows(cause))
        {
            return CauseStanding.Unasked;
        }

        if (rotation.Waiting.FirstOrDefault(w => string.Equals(w.Cause, cause, StringComparison.Ordinal)) is { } request)
        {
            return request.DecisionId is null || await decisions.CanBeReadAsync(request.DecisionId, cancel) ? CauseStanding.Open : CauseStanding.Unasked;
        }

        return rotation.IsRunning && rotation.Causes.Contains(cause, StringComparer.Ordinal) ? CauseStanding.Open : CauseStanding.Done;
    }

    private enum CauseStanding
    {
        /// <summary>It waits for a question that nobody can read.</summary>
        Unasked,

        /// <summary>It waits, or is being carried out.</summary>
        Open,

        Done,
    }

    /// <summary>A lost race is somebody who settled it too, or a new source: the next run sees.</summary>
    private Task SettleAsync(Versioned<Departure> read, CancellationToken cancel) =>
        departures.ReplaceAsync(read, read.Value with { SettledAt = clock.GetUtcNow() }, DepartureEvents.Settled(read.Value), cancel);
}
