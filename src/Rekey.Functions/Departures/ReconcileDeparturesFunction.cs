using Rekey.Departures.Reconciling;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Departures;

/// <summary>Timer: compares the accounts of the directory with what is known, every quarter of an hour. It finds departures of which no
/// event came.</summary>
public sealed class ReconcileDeparturesFunction(ReconcileDepartures reconcile, RunTrigger trigger)
{
    [Function(ReconcileDepartures.Source)]
    public Task RunAsync([TimerTrigger("0 7/15 * * * *")] string timer, CancellationToken cancellationToken) =>
        trigger.RunAsync(ReconcileDepartures.Source, reconcile.RunAsync, cancellationToken);
}
