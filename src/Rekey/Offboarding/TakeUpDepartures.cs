using Rekey.Ledgers;
using Rekey.Rotations;
using Rekey.Trust;

namespace Rekey.Offboarding;

/// <summary>Takes up every departure that is not finished: enqueues what was never assessed, and settles what is done.</summary>
public sealed class TakeUpDepartures(IRecords<Departure> departures, IRecords<Rotation> rotations, IWorkQueue queue, ILedger ledger, Estate estate, TimeProvider clock)
{
    public async Task RunAsync(CancellationToken cancel)
    {
        // A row of one that cannot be read holds up no other.
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

        if (standings.Contains(CauseStanding.Lost))
        {
            // A row was deleted or emptied. What it stood for is planned again; causes that are known meanwhile are not planned twice.
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

    private async Task<CauseStanding> StandingAsync(string row, string cause, CancellationToken cancel) =>
        (await rotations.FindAsync(Rotation.Live, row, cancel))?.Value is not { } rotation || !rotation.Knows(cause) ? CauseStanding.Lost
        : rotation.Waiting.Any(w => string.Equals(w.Cause, cause, StringComparison.Ordinal)) || (rotation.IsRunning && rotation.Causes.Contains(cause, StringComparer.Ordinal)) ? CauseStanding.Open
        : CauseStanding.Done;

    private enum CauseStanding
    {
        /// <summary>No rotation knows of it although one was planned.</summary>
        Lost,

        /// <summary>It waits, or is being carried out.</summary>
        Open,

        Done,
    }

    private async Task SettleAsync(Versioned<Departure> read, CancellationToken cancel)
    {
        await ledger.AppendAsync(new($"departure-settled/{read.Value.Cause}", LedgerKinds.DepartureSettled, read.Value.Id, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["keys"] = string.Join(' ', read.Value.Plan.Select(p => p.KeyId)),
        }), cancel);

        // A lost race is somebody who settled it too, or a new telling: the next run sees.
        await departures.ReplaceAsync(read, read.Value with { SettledAt = clock.GetUtcNow() }, cancel);
    }
}
