using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Departures;
using Rekey.Departures.CuttingOff;
using Rekey.Departures.Watching;
using Rekey.Exposures.Audit;
using Rekey.Findings;
using Rekey.Ledgers.Records;
using Rekey.Rotations;
using Rekey.Trust;
using Rekey.Trust.Lists;

namespace Rekey.Exposures.Watching;

/// <summary>Judges what a watched person did, and what was done by applications that they can act as. Rows that were judged before change
/// nothing.</summary>
public sealed class JudgeActs(
    ILedgerRecords<Departure> departures,
    IFindings findings,
    AskForDecision ask,
    AnswerUses answer,
    GovernedKeys governedKeys,
    DepartureOptions options,
    RotationOptions rotations,
    TimeProvider timeProvider
)
{
    /// <summary>The most subjects of one kind that are reported in one run.</summary>
    private const int MostFindings = 100;

    /// <param name="watch">The watch; new when the departure has none.</param>
    /// <param name="acts">What was done, by principal.</param>
    /// <returns>The departure as it is saved now.</returns>
    public async Task<Versioned<Departure>> JudgeAsync(
        Versioned<Departure> read,
        DepartureWatch watch,
        ILookup<string, LeaverAct> acts,
        CancellationToken cancellationToken
    )
    {
        // 1. What was done since the account was closed, by the person and by others.
        var departure = read.Value;
        var own = Since(departure, acts[departure.PersonId.ToLowerInvariant()]);
        var others = watch.Reach.Select(r => (Reached: r, Acts: Since(departure, acts[r.Id]))).Where(r => r.Acts.Count > 0).ToList();

        // 2. Each is a finding, and an application is a question too: its honest use looks the same.
        var about = await FindingsOfAsync(departure, own.Count + others.Count > 0, cancellationToken);
        await ReportAsync(about, own, [.. others.SelectMany(o => o.Acts)], cancellationToken);
        foreach (var (reached, used) in others)
        {
            await ReportAsync(departure, about, reached, [.. used.Where(a => a.What != LeaverAct.Credential)], cancellationToken);
        }

        // 3. Save what was used and reached, with the orders that follow from it; then give the orders.
        var next = Next(departure, watch, own, [.. own.Concat(others.SelectMany(o => o.Acts)).Where(a => a.What == LeaverAct.Credential)]);
        return await answer.AnswerAsync(await SaveAsync(read, watch, next, cancellationToken), cancellationToken);
    }

    private static IReadOnlyList<LeaverAct> Since(Departure departure, IEnumerable<LeaverAct> acts) =>
        [.. acts.Where(a => a.Last > departure.AccessEndedAt)];

    private async Task ReportAsync(
        LeaverFindings about,
        IReadOnlyList<LeaverAct> own,
        IReadOnlyList<LeaverAct> others,
        CancellationToken cancellationToken
    )
    {
        var raised = own.Where(a => a.What == LeaverAct.Vault)
            .GroupBy(PlaceOf, StringComparer.OrdinalIgnoreCase)
            .Select(of => about.Used(of.Key, [.. of]))
            .Concat(
                own.Where(a => a.What == LeaverAct.SignIn).ToList() is { Count: > 0 } signIns ? [about.SignedIn(signIns)] : (Finding[])[]
            )
            .Concat(
                own.Concat(others)
                    .Where(a => a.What == LeaverAct.Credential)
                    .GroupBy(a => a.Target, StringComparer.Ordinal)
                    .OrderBy(of => of.Key, StringComparer.Ordinal)
                    .Take(MostFindings)
                    .Select(of => about.AddedCredential(of.Key, [.. of]))
            );
        foreach (var finding in raised.ToList())
        {
            await findings.RaiseAsync(finding, cancellationToken);
        }
    }

    private async Task ReportAsync(
        Departure departure,
        LeaverFindings about,
        ReachedPrincipal reached,
        IReadOnlyList<LeaverAct> used,
        CancellationToken cancellationToken
    )
    {
        if (used.Count == 0)
        {
            return;
        }

        await findings.RaiseAsync(about.ReachUsed(reached, used), cancellationToken);
        if (rotations.Mode is not ResponseMode.Observe)
        {
            await ReplacementQuestion.AskAsync(
                ask,
                departure,
                reached.Id,
                $"They can act as {reached.Id}: they are {reached.How}. It is in use. Give it another credential, remove every one that is "
                    + "older than the departure, and then approve.",
                cancellationToken
            );
        }
    }

    /// <summary>A governed key, or else the vault: a person who reads a thousand secrets is one finding.</summary>
    private string PlaceOf(LeaverAct act) => KeyOf(act)?.Key.Id ?? act.Target.Split('/')[0];

    private BoundKey? KeyOf(LeaverAct act) =>
        act.KeyId is { } id ? governedKeys.Keys.FirstOrDefault(k => k.Key.Id.Equals(id, StringComparison.OrdinalIgnoreCase)) : null;

    private async Task<LeaverFindings> FindingsOfAsync(Departure departure, bool isNeeded, CancellationToken cancellationToken)
    {
        var open = new List<Finding>();
        foreach (var kind in isNeeded ? LeaverFindings.Kinds : [])
        {
            open.AddRange(await findings.ReadOpenAsync(kind, cancellationToken));
        }

        return new(departure, open, departure.TokensEndAt(options), timeProvider.GetUtcNow());
    }

    private DepartureWatch Next(
        Departure departure,
        DepartureWatch watch,
        IReadOnlyList<LeaverAct> own,
        IReadOnlyList<LeaverAct> credentials
    )
    {
        // 1. Keys that the person used or took: at most one rotation of each in a token's lifetime.
        var keys = watch.Keys.ToDictionary(k => k.KeyId, StringComparer.Ordinal);
        foreach (var act in own.Where(a => a.IsPrivate))
        {
            if (KeyOf(act)?.Key.Id is { } id)
            {
                keys[id] = keys.TryGetValue(id, out var known) ? known.With(act.Last) : new(id, act.Last);
            }
        }

        // 2. Applications that got a credential since then are in reach too.
        var reach = watch.Reach.ToDictionary(r => r.Id, StringComparer.Ordinal);
        foreach (
            var act in credentials.Where(a =>
                a.Target.Length > 0 && !a.Target.Equals(departure.PersonId, StringComparison.OrdinalIgnoreCase)
            )
        )
        {
            if (reach.TryGetValue(act.Target, out var known))
            {
                reach[act.Target] = known with { KnownUntil = known.KnownUntil > act.Last ? known.KnownUntil : act.Last };
            }
            else if (reach.Count < DepartureWatch.MaxReach)
            {
                reach[act.Target] = new(
                    act.Target,
                    $"the one who added a credential to that application by '{act.Operation}' at {act.Last:u}, after their account "
                        + "was closed",
                    act.Last > departure.TokensEndAt(options) ? act.Last : departure.TokensEndAt(options)
                );
            }
        }

        var now = timeProvider.GetUtcNow();
        return watch with
        {
            Keys = [.. keys.Values.OrderBy(k => k.KeyId, StringComparer.Ordinal).Select(k => k.Order(now, options.MaxAccessTokenLifetime))],
            LastActAt = own.Select(a => (DateTimeOffset?)a.Last).Append(watch.LastActAt).Max(),
            Reach = [.. reach.Values.OrderBy(r => r.Id, StringComparer.Ordinal)],
        };
    }

    private async Task<Versioned<Departure>> SaveAsync(
        Versioned<Departure> read,
        DepartureWatch watch,
        DepartureWatch next,
        CancellationToken cancellationToken
    )
    {
        var departure = read.Value;
        if (
            departure.Watch is not null
            && next.LastActAt == watch.LastActAt
            && next.Keys.SequenceEqual(watch.Keys)
            && next.Reach.SequenceEqual(watch.Reach)
        )
        {
            return read;
        }

        return await departures.ReplaceAsync(
            read,
            departure with
            {
                Watch = next,
            },
            departure.Watch is null ? WatchEvents.Begun(departure, next) : WatchEvents.Acted(departure, watch, next),
            cancellationToken
        ) ?? throw new RetryLaterException("The departure changed while it was watched.", TimeSpan.FromSeconds(1));
    }
}
