namespace Rekey.Azure.LogAnalytics;

/// <summary>Where the sweeps of one workspace stand. The watermark only ever moves forwards, and only by <see cref="CompleteAsync"/>.</summary>
public sealed class SweepProgress(IRecords<SweepWatermark> records, LogAnalyticsOptions options, TimeProvider time)
{
    // A window shorter than this holds next to nothing and costs all the queries; and whoever asks until there is no window would never end.
    private static readonly TimeSpan MinWindow = TimeSpan.FromMinutes(1);

    private const int MostHalved = 12;

    private readonly string _log = options.WorkspaceId ?? throw new ArgumentException("No workspace is set.", nameof(options));

    /// <summary>Up to when arrivals have been judged; null before the first sweep.</summary>
    public async Task<DateTimeOffset?> FindAsync(CancellationToken cancel) => (await records.FindAsync(SweepWatermark.Place, _log, cancel))?.Value.ArrivedUntil;

    /// <summary>Writes down where the first sweep begins, so that its failures do not let the beginning slip by.</summary>
    /// <returns>Where it begins: there, or where somebody else has just begun.</returns>
    public async Task<DateTimeOffset> BeginAsync(DateTimeOffset since, CancellationToken cancel) => (await FindOrAddAsync(Cut(since), cancel)).Value.ArrivedUntil;

    /// <summary>
    /// The window that comes next; null when nothing has settled since. At most <see cref="LogAnalyticsOptions.MaxWindow"/>, and half as much for each
    /// time that it was begun and not completed: what does not fit the time that a query or the handler has would otherwise be tried for ever. A window that is judged in shares
    /// comes share by share.
    /// </summary>
    /// <exception cref="CannotContinueException">The watermark lies ahead of the clock.</exception>
    public async Task<ArrivalWindow?> NextAsync(DateTimeOffset since, CancellationToken cancel)
    {
        var read = await FindOrAddAsync(since, cancel);
        if (read.Value is { Shares: { } shares, ArrivedUntil: var begin })
        {
            return new ArrivalWindow(begin - options.Overlap, begin, shares.Until) { Shares = shares.Of, Share = shares.Next };
        }

        if (After(since, read.Value.Begun) is not { } window)
        {
            return null;
        }

        // A lost race is somebody who begins it too: once is enough.
        await records.ReplaceAsync(read, read.Value with { Begun = Math.Min(read.Value.Begun + 1, MostHalved) }, cancel);
        return window;
    }

    private ArrivalWindow? After(DateTimeOffset since, int begun)
    {
        var now = time.GetUtcNow();
        if (since > now)
        {
            throw new CannotContinueException(LogsReasons.WatermarkAhead, $"The watermark of workspace {_log} is {since:O}, and now is {now:O}: nothing that arrives until then would be judged.",
                "Set the clock right, or set the watermark back in the table sweepwatermarks.");
        }

        var longest = options.MaxWindow / Math.Pow(2, begun);
        var until = Earlier(Cut(now - options.SettleTime), Cut(since + (longest > MinWindow ? longest : MinWindow)));
        return until - since < MinWindow ? null : new ArrivalWindow(since - options.Overlap, since, until);
    }

    /// <summary>
    /// A query ran out of time. A window is made smaller by <see cref="NextAsync"/>; one that is so small that most of what is read is the overlap is judged in shares of its tokens from now on, and a
    /// share in smaller ones. Shares that are completed stay so.
    /// </summary>
    public async Task TimedOutAsync(ArrivalWindow window, CancellationToken cancel)
    {
        var small = options.Overlap / 4;
        if (window.Until - window.Since <= (small > MinWindow ? small : MinWindow) && await records.FindAsync(SweepWatermark.Place, _log, cancel) is { } read && IsAt(window, read.Value))
        {
            // A lost race is somebody whom the same befell, or who got through.
            await records.ReplaceAsync(read, read.Value with { Shares = (read.Value.Shares ?? new(window.Until, 1, 0)).Split() }, cancel);
        }
    }

    /// <summary>The window, or the share of it, has been judged. Called again, or late, it changes nothing.</summary>
    public async Task CompleteAsync(ArrivalWindow window, CancellationToken cancel)
    {
        while (true)
        {
            var read = await FindOrAddAsync(window.Until, cancel);
            if (read.Value.ArrivedUntil >= window.Until || (window.Shares > 1 && !IsAt(window, read.Value)) || await records.ReplaceAsync(read, Completed(window, read.Value), cancel) is not null)
            {
                return;
            }
        }
    }

    /// <summary>Whether that share is the one that is to be judged.</summary>
    private static bool IsAt(ArrivalWindow window, SweepWatermark standing) => standing.ArrivedUntil == window.Since
        && (standing.Shares is { } shares ? (shares.Until, shares.Of, shares.Next) == (window.Until, window.Shares, window.Share) : window.Shares == 1);

    // Every window begins at a watermark that was true then, and the watermark only rises: whoever comes later with less has nothing to add.
    // What it took to get through grows back by a step each time, but not where it took shares.
    private static SweepWatermark Completed(ArrivalWindow window, SweepWatermark standing) => window.Share < window.Shares - 1
        ? standing with { Shares = standing.Shares! with { Next = window.Share + 1 } }
        : standing with { ArrivedUntil = window.Until, Shares = null, Begun = window.Shares > 1 ? standing.Begun : Math.Max(0, standing.Begun - 2) };

    private async Task<Versioned<SweepWatermark>> FindOrAddAsync(DateTimeOffset since, CancellationToken cancel)
    {
        while (true)
        {
            var known = await records.FindAsync(SweepWatermark.Place, _log, cancel) ?? await records.InsertAsync(new SweepWatermark(_log, since), cancel);
            if (known is not null)
            {
                return known;
            }
        }
    }

    // Whole seconds mean the same to every engine.
    private static DateTimeOffset Cut(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerSecond));

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
