using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;

namespace Rekey.Departures.Feed;

/// <summary>
/// Keeps the Graph subscription to changes of accounts: creates it, renews it long before its end, and authorizes it again when Graph
/// asks. Graph's list decides what lives; the ledger has what Rekey asked for and when.
/// </summary>
/// <remarks>
/// Before it creates a subscription, it records the end that it will ask for. A process that dies between the call and the line leaves a
/// subscription with just that end, and the next run takes it. Two processes may each create one; the next run removes one of them. Events
/// that come twice do no harm.
/// </remarks>
public sealed class RenewSubscription(
    IChangeSubscriptions graph,
    ILedgerRecords<FeedSubscription> records,
    RunLedger runs,
    IFindings findings,
    DepartureOptions options,
    TimeProvider timeProvider
)
{
    /// <summary>Graph asks to authorize again some time after the last time. A request so shortly after a renewal was answered by it, and a
    /// sender that repeats itself does not use up the app's quota.</summary>
    private static readonly TimeSpan AnsweredBefore = TimeSpan.FromMinutes(5);

    /// <summary>Graph may show fewer digits of a time than it got.</summary>
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(1);

    private const string OvertakenReason = "overtaken";

    private FeedOptions Feed => options.Feed;

    /// <summary>Whether Rekey keeps the subscription, by its settings.</summary>
    public bool IsOn => Feed.IsSet;

    /// <summary>Runs on the timer.</summary>
    /// <exception cref="RetryLaterException">Graph or the ledger cannot be reached.</exception>
    /// <exception cref="CannotContinueException">Graph refuses; the finding has it.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!IsOn)
        {
            return;
        }

        await KeepOrReportAsync(asked: null, cancellationToken);
        await runs.RanAsync(RunLedger.Feed, [], cancellationToken);
    }

    /// <summary>Takes Graph's request to authorize a subscription again. The message only names one: Graph's list decides which one
    /// lives.</summary>
    /// <param name="at">When Graph sent the request.</param>
    /// <exception cref="RetryLaterException">Graph or the ledger cannot be reached.</exception>
    /// <exception cref="CannotContinueException">Graph refuses; the finding has it.</exception>
    public Task ReauthorizeAsync(string? subscriptionId, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        return KeepOrReportAsync(new(subscriptionId, at < now ? at : now), cancellationToken);
    }

    /// <summary>The subscription on the ledger; null when Rekey never created one.</summary>
    public async Task<FeedSubscription?> FindMadeAsync(CancellationToken cancellationToken) =>
        (await records.FindAsync(FeedSubscription.Feed, ChangeSubscription.Users, cancellationToken))?.Value;

    private async Task KeepOrReportAsync(Request? asked, CancellationToken cancellationToken)
    {
        try
        {
            await KeepAsync(asked, cancellationToken);
        }
        catch (Exception e) when (e is CannotContinueException or RetryLaterException { Reason: not OvertakenReason })
        {
            await ReportAsync(e, cancellationToken);
            throw;
        }

        await findings.CloseAsync(FeedFindings.NotRenewedId, "Rekey renewed the subscription.", cancellationToken);
        await findings.CloseAsync(FeedFindings.EndingId, "The subscription lives.", cancellationToken);
    }

    /// <summary>Reports a failure that matters: a refusal, a renewal that is overdue by one more
    /// <see cref="FeedOptions.RenewAfter"/>, or no living subscription.</summary>
    private async Task ReportAsync(Exception why, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var known = (await records.FindAsync(FeedSubscription.Feed, ChangeSubscription.Users, cancellationToken))?.Value;
        if (known?.Id is null || known.EndsAt <= now)
        {
            var ending = known is null ? null : FeedFindings.Ending(known, Feed, now);
            await findings.RaiseAsync(ending ?? FeedFindings.NeverCreated(Feed, now), cancellationToken);
        }

        if (why is CannotContinueException || known?.Id is null || known.RenewedAt + (2 * Feed.RenewAfter) <= now)
        {
            await findings.RaiseAsync(FeedFindings.NotRenewed(known, why, Feed, now), cancellationToken);
        }
    }

    private async Task KeepAsync(Request? asked, CancellationToken cancellationToken)
    {
        // 1. Read what Rekey knows, and what Graph has.
        var read = await records.FindAsync(FeedSubscription.Feed, ChangeSubscription.Users, cancellationToken);
        var listed = (await graph.ListAsync(cancellationToken)).Where(s => s.IsOfUsers).ToList();
        var form = FeedSubscription.FormOf(options);
        var own = listed.Find(s => IsKnown(s, read?.Value, form))
            ?? listed.Find(s => IsAsked(s, read?.Value, form))
            ?? await AskAgainAsync(read?.Value, listed, form, cancellationToken);

        // 2. Record what has changed since.
        if (own is null)
        {
            read = await GoneAsync(read, listed, cancellationToken);
        }
        else if (read!.Value.Id != own.Id || !IsSame(read.Value.EndsAt, own.EndsAt))
        {
            read = await SaveAsync(
                read,
                With(read.Value, own, form),
                read.Value.Id == own.Id ? LedgerKinds.SubscriptionRenewed : LedgerKinds.SubscriptionCreated,
                cancellationToken
            );
        }

        // 3. Renew, or create another one.
        if (own is not null && (IsDue(read!.Value) || IsAsking(asked, read.Value)))
        {
            own = await RenewAsync(read, own, form, asked, cancellationToken);
        }

        own ??= await CreateAsync(read, listed, form, cancellationToken);

        // 4. Remove others that send the same events. One that cannot be removed does no harm, and the next run tries again.
        var failures = new Failures();
        foreach (var other in Others(listed, read?.Value).Where(s => s.Id != own.Id))
        {
            await failures.TryAsync(() => graph.RemoveAsync(other.Id, cancellationToken));
        }
    }

    /// <summary>The listed subscriptions that Rekey may remove: those to the partner topic, and those on the ledger.</summary>
    private IEnumerable<ChangeSubscription> Others(List<ChangeSubscription> listed, FeedSubscription? known) =>
        listed.Where(s => Feed.IsOurs(s.NotificationUrl) || known?.Made(s.Id.ToString()) is true);

    /// <summary>Asks for the known subscription by its id: a list may not yet have it. It lives if it can be renewed.</summary>
    private async Task<ChangeSubscription?> AskAgainAsync(
        FeedSubscription? known,
        List<ChangeSubscription> listed,
        string form,
        CancellationToken cancellationToken
    ) =>
        known?.Id is { } id
        && !listed.Exists(s => s.Id == id)
        && string.Equals(known.Form, form, StringComparison.Ordinal)
        && known.EndsAt > timeProvider.GetUtcNow()
            ? await graph.RenewAsync(id, EndFromNow(), cancellationToken)
            : null;

    private static bool IsKnown(ChangeSubscription listed, FeedSubscription? known, string form) =>
        known is not null && listed.Id == known.Id && string.Equals(known.Form, form, StringComparison.Ordinal);

    /// <summary>Whether it is the one that Rekey began to create, and of which it did not learn the id.</summary>
    private static bool IsAsked(ChangeSubscription listed, FeedSubscription? known, string form) =>
        known?.AskedEnd is { } end && IsSame(listed.EndsAt, end) && string.Equals(known.AskedForm, form, StringComparison.Ordinal);

    private static bool IsSame(DateTimeOffset one, DateTimeOffset other) => (one - other).Duration() <= Rounding;

    /// <summary>Whether a renewal is due: a day after the last one, or at once when the end is near, such as after another program has
    /// moved it.</summary>
    private bool IsDue(FeedSubscription known) =>
        timeProvider.GetUtcNow() is var now && (known.RenewedAt + Feed.RenewAfter <= now || known.EndsAt - now <= Feed.CriticalWhenLeft);

    private static bool IsAsking(Request? asked, FeedSubscription known) =>
        asked is not null
        && Guid.TryParse(asked.SubscriptionId, out var id)
        && id == known.Id
        && known.RenewedAt + AnsweredBefore < asked.At;

    private FeedSubscription With(FeedSubscription known, ChangeSubscription own, string form)
    {
        var now = timeProvider.GetUtcNow();
        var isOther = known.Id != own.Id;
        return known with
        {
            Id = own.Id,
            FormerId = isOther && known.Id is { } former ? former : known.FormerId,
            Form = form,
            CreatedAt = isOther ? now : known.CreatedAt,
            RenewedAt = now,
            EndsAt = own.EndsAt,
            GoneAt = null,
            AskedEnd = null,
            AskedForm = "",
        };
    }

    /// <summary>Records that the known subscription is no longer there. One of another form is: it is replaced, and sends events until
    /// then.</summary>
    private async Task<Versioned<FeedSubscription>?> GoneAsync(
        Versioned<FeedSubscription>? read,
        List<ChangeSubscription> listed,
        CancellationToken cancellationToken
    )
    {
        if (read?.Value.Id is not { } id || listed.Exists(s => s.Id == id))
        {
            return read;
        }

        // The finding first: after the line nothing remembers the gap.
        var now = timeProvider.GetUtcNow();
        var seen = await runs.LastAsync(RunLedger.Feed, part: null, cancellationToken);
        var from = seen > read.Value.RenewedAt ? seen.Value : read.Value.RenewedAt;
        await findings.RaiseAsync(FeedFindings.Gone(read.Value, from, now), cancellationToken);
        return await SaveAsync(
            read,
            read.Value with
            {
                Id = null,
                FormerId = id,
                GoneAt = read.Value.EndsAt < now ? read.Value.EndsAt : now,
            },
            LedgerKinds.SubscriptionGone,
            cancellationToken
        );
    }

    private async Task<ChangeSubscription?> RenewAsync(
        Versioned<FeedSubscription> read,
        ChangeSubscription own,
        string form,
        Request? asked,
        CancellationToken cancellationToken
    )
    {
        if (IsAsking(asked, read.Value) && !await graph.ReauthorizeAsync(own.Id, cancellationToken))
        {
            throw Vanished();
        }

        var renewed = await graph.RenewAsync(own.Id, EndFromNow(), cancellationToken) ?? throw Vanished();
        await SaveAsync(read, With(read.Value, renewed, form), LedgerKinds.SubscriptionRenewed, cancellationToken);
        await findings.CloseAsync(
            Finding.IdOf(FindingKinds.SubscriptionNeedsReauthorization, own.Id.ToString()),
            "Rekey renewed the subscription.",
            cancellationToken
        );
        return renewed;
    }

    private async Task<ChangeSubscription> CreateAsync(
        Versioned<FeedSubscription>? read,
        List<ChangeSubscription> listed,
        string form,
        CancellationToken cancellationToken
    )
    {
        // 1. Record the end that is asked for: by that the next run recognises it.
        var end = EndFromNow();
        var asking = (read?.Value ?? new()) with { AskedEnd = end, AskedForm = form };
        read = read is null
            ? await records.InsertAsync(asking, FeedEvents.Of(LedgerKinds.SubscriptionAsked), cancellationToken) ?? throw Overtaken()
            : await SaveAsync(read, asking, LedgerKinds.SubscriptionAsked, cancellationToken);

        // 2. Create it. Where Graph allows no second one, remove the former first.
        var subscription = new NewSubscription(Feed.NotificationUrl, options.ClientState, end);
        var created = await graph.CreateAsync(subscription, cancellationToken);
        if (created is null)
        {
            foreach (var other in Others(listed, read.Value).ToList())
            {
                await graph.RemoveAsync(other.Id, cancellationToken);
                listed.Remove(other);
            }

            created = await graph.CreateAsync(subscription, cancellationToken) ?? throw Blocked(listed.Except(Others(listed, read.Value)));
        }

        await SaveAsync(read, With(read.Value, created, form), LedgerKinds.SubscriptionCreated, cancellationToken);
        return created;
    }

    private async Task<Versioned<FeedSubscription>> SaveAsync(
        Versioned<FeedSubscription> read,
        FeedSubscription value,
        string kind,
        CancellationToken cancellationToken
    ) => await records.ReplaceAsync(read, value, FeedEvents.Of(kind), cancellationToken) ?? throw Overtaken();

    private DateTimeOffset EndFromNow()
    {
        var end = timeProvider.GetUtcNow() + FeedOptions.Lifetime;
        return end.AddTicks(-(end.Ticks % TimeSpan.TicksPerSecond));
    }

    /// <summary>Another instance does the same work: nothing has failed.</summary>
    private static RetryLaterException Overtaken() =>
        new("Another instance is renewing the Graph subscription.") { Reason = OvertakenReason };

    private static RetryLaterException Vanished() => new("The Graph subscription was deleted meanwhile. The next run creates another one.");

    private static Exception Blocked(IEnumerable<ChangeSubscription> foreign) =>
        foreign.FirstOrDefault() is not { } blocking
            ? Overtaken()
            : new CannotContinueException(
                "subscription-exists",
                "The app's identity has a Graph subscription for users that goes to another address, and Graph allows no second one.",
                "Delete it, as the app's identity: DELETE https://graph.microsoft.com/v1.0/subscriptions/"
                    + $"{blocking.Id}. Give each Rekey an identity of its own."
            );

    /// <param name="At">When Graph sent it.</param>
    private sealed record Request(string? SubscriptionId, DateTimeOffset At);
}
