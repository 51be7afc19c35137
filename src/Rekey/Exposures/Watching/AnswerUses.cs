using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Departures;
using Rekey.Departures.Watching;
using Rekey.Ledgers.Records;
using Rekey.Rotations;
using Rekey.Rotations.Planning;
using Rekey.Stopping;
using Rekey.Trust;
using Rekey.Trust.Lists;

namespace Rekey.Exposures.Watching;

/// <summary>Rotates the keys that a person used or took after their account was closed. An order stands in the ledger before it is given;
/// given twice, it is one.</summary>
public sealed class AnswerUses(
    ILedgerRecords<Departure> departures,
    PlanRotation plan,
    ChooseResponseMode choose,
    GovernedKeys governedKeys,
    KillSwitch killSwitch
)
{
    /// <summary>Gives the orders that are not given yet. While Rekey is stopped they wait.</summary>
    public async Task<Versioned<Departure>> AnswerAsync(Versioned<Departure> read, CancellationToken cancellationToken)
    {
        var departure = read.Value;
        var watch = departure.Watch!;
        var open = watch.Keys.Where(k => k is { Orders: > 0, IsPlanned: false }).ToList();
        if (open.Count == 0 || await killSwitch.IsStoppedAsync(cancellationToken))
        {
            return read;
        }

        foreach (var used in open.Where(k => governedKeys.Keys.Any(g => Is(g, k))))
        {
            var key = governedKeys.Keys.First(g => Is(g, used));
            var (mode, why) = await choose.LaterAsync(departure, [key], departure.UseCauseOf(used.Orders), cancellationToken);
            await plan.PlanAsync(Order(departure, key, used, why), mode, cancellationToken);
        }

        var given = departure with
        {
            Watch = watch with { Keys = [.. watch.Keys.Select(k => k.Orders > 0 ? k with { IsPlanned = true } : k)] },
        };
        return await departures.ReplaceAsync(read, given, cancellationToken)
            ?? throw new RetryLaterException("The departure changed while it was watched.", TimeSpan.FromSeconds(1));
    }

    private static bool Is(BoundKey key, UsedKey used) => key.Key.Id.Equals(used.KeyId, StringComparison.OrdinalIgnoreCase);

    private static RotationOrder Order(Departure departure, BoundKey key, UsedKey used, string? why) =>
        new(
            key.Key,
            departure.UseCauseOf(used.Orders),
            Urgency.Immediate,
            used.OrderedFor!.Value,
            $"The audit log shows that the person of the departure {departure.Id} used or took {key.Key.Id} at {used.OrderedFor:u}, after "
                + $"their account was closed.{(why is null ? "" : $" This needs a decision because: {why}")}",
            departure.Initiators,
            OnExpiry.CarryOut
        )
        {
            WhileGone = departure.Hostile ? null : departure.PersonId,
            Supersedes = [.. Enumerable.Range(1, used.Orders - 1).TakeLast(10).Select(departure.UseCauseOf)],
        };
}
