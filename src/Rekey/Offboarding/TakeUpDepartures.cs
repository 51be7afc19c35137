using Rekey.Ledgers;
using Rekey.Rotations;
using Rekey.Trust;

namespace Rekey.Offboarding;

/// <summary>Takes up every departure that is not finished: enqueues what was never assessed, and settles what is done.</summary>
public sealed class TakeUpDepartures(IRecords<Departure> departures, IRecords<Rotation> rotations, IWorkQueue queue, ILedger ledger, TimeProvider clock)
{
    public async Task RunAsync(CancellationToken cancel)
    {
        await foreach (var read in departures.ListAsync("departure", cancel))
        {
            if (read.Value.AssessedAt is null)
            {
                await queue.EnqueueDepartureAsync(read.Value.Id, delay: null, cancel);
            }
            else if (read.Value.SettledAt is null && await IsDoneAsync(read.Value, cancel))
            {
                await SettleAsync(read, cancel);
            }
        }
    }

    private async Task<bool> IsDoneAsync(Departure departure, CancellationToken cancel)
    {
        foreach (var response in departure.Plan.Where(p => p.Mode is not ResponseMode.Observe))
        {
            var rotation = (await rotations.FindAsync(Rotation.Live, SigningKey.RowOf(response.KeyId), cancel))?.Value;
            if (rotation is null || rotation.Waiting.Any(w => w.Cause == departure.Cause)
                || (rotation.Causes.Contains(departure.Cause, StringComparer.Ordinal) && rotation.VerifiedAt is null))
            {
                return false;
            }
        }

        return true;
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
