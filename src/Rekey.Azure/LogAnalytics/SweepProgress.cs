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
    /// time that it was begun and not completed: what does not fit the time that a query or the handler has would otherwise be tried for ever.
    /// </summary>
    /// <exception cref="CannotContinueException">The watermark lies ahead of the clock.</exception>
    public async Task<ArrivalWindow?> NextAsync(DateTimeOffset since, CancellationToken cancel)
    {
        var read = await FindOrAddAsync(since, cancel);
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

    /// <summary>Everything that arrived before <paramref name="until"/> has been judged. Called again, or late, it changes nothing.</summary>
    public async Task CompleteAsync(DateTimeOffset until, CancellationToken cancel)
    {
        while (true)
        {
            var read = await FindOrAddAsync(until, cancel);
            // Every window begins at a watermark that was true then, and the watermark only rises: whoever comes later with less has nothing to add.
            // What it took to get through grows back by a step each time.
            var next = read.Value with { ArrivedUntil = until, Begun = Math.Max(0, read.Value.Begun - 2) };
            if (read.Value.ArrivedUntil >= until || await records.ReplaceAsync(read, next, cancel) is not null)
            {
                return;
            }
        }
    }

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
