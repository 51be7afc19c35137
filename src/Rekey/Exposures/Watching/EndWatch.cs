using System.Collections.Concurrent;
using System.Globalization;
using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Departures;
using Rekey.Ledgers.Records;

namespace Rekey.Exposures.Watching;

/// <summary>
/// Ends the watch over a person who has left: when nothing that they know is in reach any more, or by a decision. Neither the calendar nor
/// an account that is enabled again ends it (T10, T14).
/// </summary>
public sealed class EndWatch(
    ILedgerRecords<Departure> departures,
    WhatRemains remains,
    WatchLogs logs,
    AskForDecision ask,
    DecisionLedger decisions,
    DepartureOptions options,
    TimeProvider timeProvider
) : IDecisionHandler
{
    /// <summary>Nothing that the person knows is in reach any more.</summary>
    public const string NothingInReach = "nothing-in-reach";

    /// <summary>An approver ended it.</summary>
    public const string Decided = "decided";

    /// <summary>The person left again, and the watch over that departure follows them.</summary>
    public const string LeftAgain = "left-again";

    /// <summary>The shortest watch.</summary>
    /// <remarks>Seven days: no access token lives so long, every row has arrived, and a use of an access that is not known has been
    /// seen.</remarks>
    private static readonly TimeSpan Shortest = TimeSpan.FromDays(7);

    /// <summary>How often a process reads what remains: each reading is several calls.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromHours(6);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _looks = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Kinds { get; } = [DecisionKinds.EndWatch];

    /// <summary>Ends the watch if it is over, or asks when it has lasted long.</summary>
    /// <param name="everyone">An inquiry about everyone.</param>
    public async Task TryAsync(Versioned<Departure> read, ExposureInquiry everyone, CancellationToken cancellationToken)
    {
        // 1. A decision ends it. Nothing else does in its first days, nor while a use waits for its rotation.
        var (departure, now) = (read.Value, timeProvider.GetUtcNow());
        var watch = departure.Watch!;
        if (await ApprovedAsync(departure, cancellationToken) is { } decision)
        {
            await EndAsync(read, Decided, decision.Id, cancellationToken);
            return;
        }

        var isAnswered = watch.Keys.All(k => k is { IsUnanswered: false, IsPlanned: true });
        if (
            now < departure.AccessEndedAt + Shortest
            || !isAnswered
            || (_looks.TryGetValue(departure.Id, out var last) && now - last < LookEvery)
        )
        {
            return;
        }

        // 2. Nothing in reach ends it.
        var remaining = await remains.ReadAsync(departure, everyone, cancellationToken);
        _looks[departure.Id] = now;
        if (remaining.Count == 0)
        {
            await EndAsync(read, NothingInReach, decisionId: null, cancellationToken);
            return;
        }

        // 3. Ask once in each period.
        var period = (int)((now - watch.BegunAt) / options.AskToEndWatchAfter);
        if (period > 0)
        {
            await AskAsync(
                departure,
                period.ToString(CultureInfo.InvariantCulture),
                $"Rekey has watched what the person {departure.PersonId} does since {watch.BegunAt:u}. Still in reach: "
                    + $"{string.Join(" ", remaining.Take(5))}{(remaining.Count > 5 ? $" And {remaining.Count - 5} more." : "")} ",
                cancellationToken
            );
        }
    }

    /// <summary>A person who is back: their acts are their own again, and only a decision ends the watch. If they left again, the watch
    /// over that departure follows them.</summary>
    public async Task WhileBackAsync(Versioned<Departure> read, bool hasLeftAgain, CancellationToken cancellationToken)
    {
        if (hasLeftAgain)
        {
            await EndAsync(read, LeftAgain, decisionId: null, cancellationToken);
        }
        else if (await ApprovedAsync(read.Value, cancellationToken) is { } decision)
        {
            await EndAsync(read, Decided, decision.Id, cancellationToken);
        }
        else
        {
            await AskAsync(
                read.Value,
                "back",
                $"The account of the person {read.Value.PersonId} is enabled again. While it is, Rekey does not take their acts for "
                    + "those of a person who has left. ",
                cancellationToken
            );
        }
    }

    public async Task CarryOutAsync(Decision decision, CancellationToken cancellationToken)
    {
        if (
            decision.Outcome is DecisionState.Approved
            && await departures.FindAsync("departure", decision.About, cancellationToken) is { Value.Watch.IsOpen: true } read
        )
        {
            await EndAsync(read, Decided, decision.Id, cancellationToken);
        }
    }

    private async Task<Decision?> ApprovedAsync(Departure departure, CancellationToken cancellationToken) =>
        (await decisions.ReadAsync(cancellationToken)).All.FirstOrDefault(d =>
            d.Kind == DecisionKinds.EndWatch && d.About == departure.Id && d.Outcome is DecisionState.Approved
        );

    private async Task AskAsync(Departure departure, string round, string why, CancellationToken cancellationToken)
    {
        // What remains changes: the first words stay.
        var plan = $"{departure.Id}\n{round}";
        var id = AskForDecision.IdOf(DecisionKinds.EndWatch, departure.Id, plan);
        if (await decisions.FindAsync(id, cancellationToken) is not null && await ask.CanBeReadAsync(id, cancellationToken))
        {
            return;
        }

        await ask.AskAsync(
            DecisionKinds.EndWatch,
            departure.Id,
            why
                + "On yes: the watch ends, and Rekey no longer sees what is done with what they know. On no, and without an answer: it "
                + "goes on"
                + $"{(round == "back" ? "" : $", and Rekey asks again after {options.AskToEndWatchAfter.Days} days")}.",
            plan,
            departure.Initiators,
            OnExpiry.Lapse,
            cancellationToken
        );
    }

    private async Task EndAsync(Versioned<Departure> read, string because, string? decisionId, CancellationToken cancellationToken)
    {
        var departure = read.Value;
        var open = (await decisions.ReadAsync(cancellationToken)).Open.Where(d =>
            d.Kind == DecisionKinds.EndWatch && d.About == departure.Id && d.Outcome is DecisionState.Pending
        );
        foreach (var decision in open.ToList())
        {
            await decisions.WithdrawAsync(decision, "The watch has ended.", cancellationToken);
        }

        await logs.EndedAsync(departure, cancellationToken);
        var ended = departure.Watch! with { EndedAt = timeProvider.GetUtcNow(), EndedBecause = because, DecisionId = decisionId };
        _ = await departures.ReplaceAsync(read, departure with { Watch = ended }, WatchEvents.Ended(departure, ended), cancellationToken)
            ?? throw new RetryLaterException("The departure changed while its watch ended.", TimeSpan.FromSeconds(1));
    }
}
