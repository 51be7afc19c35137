using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Ledgers.Records;
using Rekey.Messaging;
using Rekey.Rotations;
using Rekey.Rotations.Outcomes;
using Rekey.Trust;

namespace Rekey.Departures;

/// <summary>Resumes every unfinished departure: enqueues those that were never assessed, and settles those that are done. The watchdog
/// reports departures that nothing came of.</summary>
public sealed class ResumeDepartures(
    ILedgerRecords<Departure> departures,
    IRecords<Rotation> rotations,
    RotationLedger recorded,
    AskForDecision decisions,
    IWorkQueue queue,
    GovernedKeys governedKeys,
    TimeProvider timeProvider
)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // A departure that fails holds up no other.
        var failures = new Failures();
        await failures.TryAsync(async () =>
        {
            await foreach (var read in departures.ListOpenAsync("departure", cancellationToken))
            {
                await failures.TryAsync(() => TakeUpAsync(read, cancellationToken));
            }
        });
        failures.Throw();
    }

    private async Task TakeUpAsync(Versioned<Departure> read, CancellationToken cancellationToken)
    {
        if (read.Value.AssessedAt is not null)
        {
            await (read.Value.SettledAt is null ? LookAfterAsync(read, cancellationToken) : Task.CompletedTask);
        }
        else if (!(read.Value.NextLookAt > timeProvider.GetUtcNow()))
        {
            await queue.EnqueueDepartureAsync(read.Value.Id, delay: null, cancellationToken);
        }
    }

    private async Task LookAfterAsync(Versioned<Departure> read, CancellationToken cancellationToken)
    {
        var standings = new List<CauseStanding>();
        foreach (var response in read.Value.Plan.Where(p => p.Mode is not ResponseMode.Observe && governedKeys.Governs(p.KeyId)))
        {
            standings.Add(await StandingAsync(SigningKey.RowOf(response.KeyId), read.Value.Cause, cancellationToken));
        }

        if (standings.Contains(CauseStanding.Unasked))
        {
            // The words of a question were deleted, so it cannot be answered. A new assessment asks it again; nothing is planned twice.
            if (await departures.ReplaceAsync(read, read.Value with { AssessedAt = null }, cancellationToken) is not null)
            {
                await queue.EnqueueDepartureAsync(read.Value.Id, delay: null, cancellationToken);
            }
        }
        else if (!standings.Contains(CauseStanding.Open))
        {
            await SettleAsync(read, cancellationToken);
        }
    }

    private async Task<CauseStanding> StandingAsync(string row, string cause, CancellationToken cancellationToken)
    {
        if ((await rotations.FindAsync(Rotation.Live, row, cancellationToken))?.Value is not { } rotation || !rotation.Knows(cause))
        {
            return CauseStanding.Unasked;
        }

        if (rotation.Waiting.FirstOrDefault(w => string.Equals(w.Cause, cause, StringComparison.Ordinal)) is { } request)
        {
            return request.DecisionId is null || await decisions.CanBeReadAsync(request.DecisionId, cancellationToken)
                ? CauseStanding.Open
                : CauseStanding.Unasked;
        }

        return rotation.IsRunning && rotation.Causes.Contains(cause, StringComparer.Ordinal) ? CauseStanding.Open : CauseStanding.Done;
    }

    private enum CauseStanding
    {
        /// <summary>It waits for a question whose words are lost.</summary>
        Unasked,

        /// <summary>It waits for a decision or is being carried out.</summary>
        Open,

        Done,
    }

    /// <summary>
    /// Settles a departure. A lost race means that another worker settled it or a new source arrived: the next run sees it.
    /// </summary>
    private async Task SettleAsync(Versioned<Departure> read, CancellationToken cancellationToken) =>
        await departures.ReplaceAsync(
            read,
            read.Value with
            {
                SettledAt = timeProvider.GetUtcNow(),
            },
            DepartureEvents.Settled(read.Value, await recorded.ReadAsync(cancellationToken)),
            cancellationToken
        );
}
