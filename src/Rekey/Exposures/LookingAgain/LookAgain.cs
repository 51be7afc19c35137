using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Departures;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Rotations;

namespace Rekey.Exposures.LookingAgain;

/// <summary>
/// Looks again when the last access token of a person who has left has expired. With it they could have taken the new version too (T4):
/// what they touched is rotated again, and what they could have taken, unless a complete audit log shows no call. It does so once, so that
/// no key is rotated again and again (T14).
/// </summary>
public sealed class LookAgain(
    ILedgerRecords<Departure> departures,
    IRecords<Person> people,
    UsesAfterLeaving uses,
    RotateAgain rotate,
    DepartureOptions options,
    RotationOptions rotations,
    TimeProvider timeProvider
)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var failures = new Failures();
        await foreach (var read in departures.ListOpenAsync("departure", cancellationToken))
        {
            if (IsDue(read.Value) && await IsGoneAsync(read.Value, cancellationToken))
            {
                await failures.TryAsync(() => LookAsync(read, cancellationToken), whom: this);
            }
        }

        failures.Throw();
    }

    private bool IsDue(Departure departure) =>
        departure is { Confirmed: true, AssessedAt: not null, LookedAgainAt: null }
        && departure.Plan.Any(p => p.Mode is not ResponseMode.Observe)
        && departure.TokensEndAt(options) + rotations.LogLag <= timeProvider.GetUtcNow();

    private async Task<bool> IsGoneAsync(Departure departure, CancellationToken cancellationToken) =>
        await people.FindAsync("person", Person.RowOf(departure.TenantId, departure.PersonId), cancellationToken) is { Value: var person }
        && person.Epoch == departure.Epoch;

    private async Task LookAsync(Versioned<Departure> read, CancellationToken cancellationToken)
    {
        // 1. What the person did with their last token, by the audit log; and which vaults' logs show everything.
        var departure = read.Value;
        var (used, complete) = await uses.ReadAsync(departure, cancellationToken);
        var touched = used.ToLookup(u => $"{u.Vault}/{u.Name}", StringComparer.OrdinalIgnoreCase);

        // 2. Rotate what they touched, and what they could have taken without a complete log.
        var keys = await rotate.RunAsync(departure, touched, complete, cancellationToken);

        // 3. Put it on record. After a lost race the next run looks again: a cause is planned once.
        await departures.ReplaceAsync(
            read,
            departure with
            {
                LookedAgainAt = timeProvider.GetUtcNow(),
            },
            new(
                LedgerKinds.DepartureLookedAgain,
                departure.Id,
                Facts.Of(
                    ("person", departure.PersonId),
                    ("until", departure.TokensEndAt(options).ToString("O")),
                    ("used", string.Join(' ', touched.Select(t => t.Key))),
                    ("again", string.Join(' ', keys.Select(k => k.Key.Id)))
                )
            ),
            cancellationToken
        );
    }
}
