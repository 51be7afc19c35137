using Rekey.Core;
using Rekey.Departures.Directory;

namespace Rekey.Departures.Reconciling;

/// <summary>Reads the accounts that are not as known, and records who departed and who is back.</summary>
public sealed class ReadChangedAccounts(IDirectory directory, RecordDeparture record, DepartureOptions options)
{
    /// <summary>Reads each. One that cannot be read holds up no other, and is read in the next run.</summary>
    public async Task RunAsync(KnownAccounts known, CancellationToken cancellationToken)
    {
        var failures = new Failures();
        foreach (var account in known.ToRead.Values.ToList())
        {
            var failure = await failures.TryAsync(() => ReadAsync(known, account, cancellationToken), whom: directory);
            if (failure is null)
            {
                known.ToRead.Remove(account.PersonId);
                known.IsChanged = true;
            }
        }
    }

    private async Task ReadAsync(KnownAccounts known, AccountToRead account, CancellationToken cancellationToken)
    {
        if (!account.IsNews)
        {
            if (await directory.ReadAsync(account.PersonId, cancellationToken) is not PersonStanding.Enabled)
            {
                return;
            }

            known.Closed.Remove(account.PersonId);
        }

        await record.NoticeAsync(
            new(
                options.TenantId,
                account.PersonId,
                new(ReconcileDepartures.Source, account.Reference, account.Since, Reporter: null),
                IsObservation: true,
                Hostile: false
            )
            {
                Existed = true,
                IsClosedAgain = account.IsClosedAgain,
            },
            cancellationToken
        );
    }
}
