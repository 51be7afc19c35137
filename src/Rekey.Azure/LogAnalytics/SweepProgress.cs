using System.Globalization;
using Rekey.Azure.LogAnalytics.Client;
using Rekey.Azure.LogAnalytics.Queries;
using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Detections;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;

namespace Rekey.Azure.LogAnalytics;

/// <summary>The progress of sweeps of one workspace. The watermark moves forwards by <see cref="CompleteAsync"/>, and back by
/// <see cref="AgainAsync"/>.</summary>
internal sealed class SweepProgress(ILedgerRecords<SweepWatermark> records, LogAnalyticsOptions options, TimeProvider timeProvider)
{
    // A shorter window has almost no arrivals but needs all queries, and a caller that asks until there is no window would never
    // end.
    private static readonly TimeSpan MinWindow = TimeSpan.FromMinutes(1);

    // A single failed start may be a killed process.
    private const int Patience = 2;

    // Trying fewer shares too early causes a time-out.
    private const int SmoothWindows = 8;

    private readonly string _log = options.WorkspaceId ?? throw new ArgumentException("No workspace is set.", nameof(options));

    // Windows without arrivals get no ledger entries; the next process reads them again, at most an hour of them.
    private (DateTimeOffset Until, int Again)? _empty;
    private int? _begunAgain;

    /// <summary>The watermark: until when arrivals were judged; null before the first sweep.</summary>
    public async Task<DateTimeOffset?> FindAsync(CancellationToken cancellationToken) =>
        await records.FindAsync(SweepWatermark.Place, _log, cancellationToken) is { } read ? Known(read.Value).ArrivedUntil : null;

    /// <summary>Saves where the first sweep begins, so that failed sweeps do not move the beginning.</summary>
    /// <returns>The beginning: the given one, or that of a concurrent process.</returns>
    public async Task<DateTimeOffset> BeginAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        Known((await FindOrAddAsync(Cut(since), cancellationToken)).Value).ArrivedUntil;

    /// <summary>
    /// Returns the next window; null if no arrivals have settled since. Its size is at most <see cref="LogAnalyticsOptions.MaxWindow"/>,
    /// and halves with each failed start: otherwise a window that exceeds the time of a query or a call would never be completed. After
    /// two starts, a small window is read in shares, and a share in smaller shares. A process that times out or is killed need not report
    /// it.
    /// </summary>
    /// <exception cref="CannotContinueException">The watermark lies ahead of the clock.</exception>
    public async Task<ArrivalWindow?> NextAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await FindOrAddAsync(since, cancellationToken);
            if (Begin(Known(read.Value), since) is not { } begin)
            {
                return null;
            }

            _begunAgain = read.Value.Again;

            // After a lost race, another process began it too, which is enough. Use the saved shares.
            if (await SaveAsync(read, begin.Standing, what: null, cancellationToken) || begin.Standing.Shares is null)
            {
                return begin.Window;
            }
        }
    }

    private (ArrivalWindow Window, SweepWatermark Standing)? Begin(SweepWatermark standing, DateTimeOffset since)
    {
        var isStuck = standing.Tries >= Patience;
        if (standing.Shares is { } shares)
        {
            return InShares(
                isStuck ? shares.Split() : shares,
                standing.ArrivedUntil,
                standing with
                {
                    Tries = isStuck ? 1 : standing.Tries + 1,
                }
            );
        }

        if (isStuck && After(since, standing.Begun - 1) is { } again && IsSmall(again))
        {
            return InShares(new WindowShares(again.Until, 1, 0).Split(), since, standing with { Tries = 1 });
        }

        if (After(since, standing.Begun) is not { } window)
        {
            return null;
        }

        var begun = standing with { Begun = Math.Min(standing.Begun + 1, SweepWatermark.MostBegun), Tries = standing.Tries + 1 };
        return standing.SharesBefore > 1 && IsSmall(window)
            ? InShares(new(window.Until, standing.SharesBefore, 0), since, begun)
            : (window, begun);
    }

    private (ArrivalWindow Window, SweepWatermark Standing) InShares(WindowShares shares, DateTimeOffset since, SweepWatermark standing) =>
        (
            new ArrivalWindow(since - options.Overlap, since, shares.Until) { Shares = shares.Of, Share = shares.Next },
            standing with
            {
                Shares = shares,
            }
        );

    private ArrivalWindow? After(DateTimeOffset since, int begun)
    {
        var now = timeProvider.GetUtcNow();
        if (since > now)
        {
            throw new CannotContinueException(
                LogsReasons.WatermarkAhead,
                $"The watermark of workspace {_log} is {since:O}, in the future (now {now:O}): Rekey would not judge arrivals until then.",
                "Correct the clock. If it was wrong before and is right now, sweeps continue at that time."
            );
        }

        var longest = options.MaxWindow / Math.Pow(2, begun);
        var until = Earlier(Cut(now - options.SettleTime), Cut(since + (longest > MinWindow ? longest : MinWindow)));
        return until - since < MinWindow ? null : new ArrivalWindow(since - options.Overlap, since, until);
    }

    /// <summary>
    /// Handles a query time-out. <see cref="NextAsync"/> reduces a window. If it is so small that most of its rows are the overlap, it is
    /// judged in shares of its tokens from now on, and a share in smaller ones. Completed shares stay completed.
    /// </summary>
    public async Task TimedOutAsync(ArrivalWindow window, CancellationToken cancellationToken)
    {
        if (
            (window.Shares > 1 || IsSmall(window))
            && await records.FindAsync(SweepWatermark.Place, _log, cancellationToken) is { } read
            && IsAt(window, Known(read.Value))
        )
        {
            // After a lost race, another process had the same time-out, or succeeded.
            await SaveAsync(
                read,
                Known(read.Value) with
                {
                    Shares = (read.Value.Shares ?? new(window.Until, 1, 0)).Split(),
                    Tries = 0,
                },
                what: null,
                cancellationToken
            );
        }
    }

    /// <summary>Whether most of its rows are the overlap, so that half a window would hardly be smaller.</summary>
    private bool IsSmall(ArrivalWindow window) =>
        options.Overlap / 4 is var small && window.Until - window.Since <= (small > MinWindow ? small : MinWindow);

    /// <summary>
    /// Completes a window, or a share of it. A repeated or late call changes nothing. It also has no effect if findings were lost since,
    /// or if the window begins after the watermark.
    /// </summary>
    /// <param name="batch">The contents of the batch; null if unknown.</param>
    public async Task CompleteAsync(ArrivalWindow window, CancellationToken cancellationToken, SweepBatch? batch = null)
    {
        while (true)
        {
            var read = await FindOrAddAsync(window.Until, cancellationToken);
            var standing = Known(read.Value);
            if (
                standing.ArrivedUntil >= window.Until
                || window.Since > standing.ArrivedUntil
                || (_begunAgain ?? standing.Again) != standing.Again
                || (window.Shares > 1 && !IsAt(window, standing))
            )
            {
                return;
            }

            var completed = Completed(window, standing);
            if (window.Shares == 1 && batch is { Accesses: 0, BadLines: 0 } && window.Until - read.Value.ArrivedUntil < RunLedger.Pulse)
            {
                (_empty, completed) = ((window.Until, standing.Again), completed with { ArrivedUntil = read.Value.ArrivedUntil });
            }

            if (await SaveAsync(read, completed, Judged(window, batch), cancellationToken))
            {
                return;
            }
        }
    }

    /// <summary>Resets the watermark, so that arrivals since then are judged again, within the look-back, and the current window
    /// too.</summary>
    public async Task AgainAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        while (await records.FindAsync(SweepWatermark.Place, _log, cancellationToken) is { } read)
        {
            // A gateway with a fast clock logs an access time after the arrival.
            var until = Earlier(
                read.Value.ArrivedUntil,
                Cut(Later(Back(since, options.Overlap), timeProvider.GetUtcNow() - options.MaxLookBack))
            );
            var back = read.Value with { ArrivedUntil = until, Shares = null, Tries = 0, Again = read.Value.Again + 1 };
            if (
                await records.ReplaceAsync(
                    read,
                    back,
                    new(LedgerKinds.BatchesAgain, _log, Facts(("since", Text(since)))),
                    cancellationToken
                )
                is not null
            )
            {
                return;
            }
        }
    }

    private static DateTimeOffset Back(DateTimeOffset time, TimeSpan by) =>
        time - DateTimeOffset.MinValue < by ? DateTimeOffset.MinValue : time - by;

    private SweepWatermark Known(SweepWatermark standing) =>
        _empty is { } empty && empty.Again == standing.Again && empty.Until > standing.ArrivedUntil
            ? standing with
            {
                ArrivedUntil = empty.Until,
            }
            : standing;

    /// <summary>Writes no ledger entry for a change that only this process knows of.</summary>
    private async Task<bool> SaveAsync(
        Versioned<SweepWatermark> read,
        SweepWatermark next,
        LedgerEvent? what,
        CancellationToken cancellationToken
    )
    {
        var value =
            next.Shares == read.Value.Shares && next.ArrivedUntil == Known(read.Value).ArrivedUntil
                ? next with
                {
                    ArrivedUntil = read.Value.ArrivedUntil,
                }
                : next;
        return await (
            what is null ? records.ReplaceAsync(read, value, cancellationToken) : records.ReplaceAsync(read, value, what, cancellationToken)
        )
            is not null;
    }

    private LedgerEvent Judged(ArrivalWindow window, SweepBatch? batch) =>
        new(
            LedgerKinds.BatchJudged,
            _log,
            Facts(
                ("batch", window.Id),
                ("accesses", string.Create(CultureInfo.InvariantCulture, $"{batch?.Accesses}")),
                ("badLines", string.Create(CultureInfo.InvariantCulture, $"{batch?.BadLines}"))
            )
        );

    private static Dictionary<string, string> Facts(params ReadOnlySpan<(string Name, string Value)> facts)
    {
        var made = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in facts)
        {
            made[name] = value;
        }

        return made;
    }

    private static string Text(DateTimeOffset time) => time.ToString("O", CultureInfo.InvariantCulture);

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    /// <summary>Whether that share is the next one.</summary>
    private static bool IsAt(ArrivalWindow window, SweepWatermark standing) =>
        standing.ArrivedUntil == window.Since
        && (
            standing.Shares is { } shares
                ? (shares.Until, shares.Of, shares.Next) == (window.Until, window.Shares, window.Share)
                : window.Shares == 1
        );

    // Every window begins at an earlier watermark, and the watermark only rises, so a late process with a lower end adds nothing. After a
    // success the window grows back by one step. If it needed shares, the next window has the same length and number of shares, until
    // several windows succeed.
    private static SweepWatermark Completed(ArrivalWindow window, SweepWatermark standing)
    {
        if (window.Share < window.Shares - 1)
        {
            return standing with { Shares = standing.Shares! with { Next = window.Share + 1 }, Tries = 0 };
        }

        var done = standing with { ArrivedUntil = window.Until, Shares = null, Tries = 0, SharesBefore = window.Shares, Smooth = 0 };
        if (window.Shares == 1)
        {
            return done with { Begun = Math.Max(0, standing.Begun - 2) };
        }

        var smooth = window.Shares == standing.SharesBefore ? standing.Smooth + 1 : 0;
        done = done with { Begun = Math.Max(0, standing.Begun - 1), Smooth = smooth };
        return smooth < SmoothWindows ? done : done with { SharesBefore = window.Shares / KqlPartition.Factor, Smooth = 0 };
    }

    private async Task<Versioned<SweepWatermark>> FindOrAddAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        while (true)
        {
            var known = await records.FindAsync(SweepWatermark.Place, _log, cancellationToken)
                ?? await records.InsertAsync(new SweepWatermark(_log, since), cancellationToken);
            if (known is not null)
            {
                return known;
            }
        }
    }

    // Every engine agrees on whole seconds.
    private static DateTimeOffset Cut(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerSecond));

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
