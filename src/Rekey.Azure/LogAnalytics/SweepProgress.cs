namespace Rekey.Azure.LogAnalytics;

/// <summary>Where the sweeps of one workspace stand. The watermark only ever moves forwards, and only by <see cref="CompleteAsync"/>.</summary>
public sealed class SweepProgress(IRecords<SweepWatermark> records, LogAnalyticsOptions options, TimeProvider time)
{
    // A window shorter than this holds next to nothing and costs all the queries; and whoever asks until there is no window would never end.
    private static readonly TimeSpan MinWindow = TimeSpan.FromMinutes(1);

    private readonly string _log = options.WorkspaceId ?? throw new ArgumentException("No workspace is set.", nameof(options));

    /// <summary>Up to when arrivals have been judged; null before the first sweep.</summary>
    public async Task<DateTimeOffset?> FindAsync(CancellationToken cancel) => (await records.FindAsync(SweepWatermark.Place, _log, cancel))?.Value.ArrivedUntil;

    /// <summary>Writes down where the first sweep begins, so that its failures do not let the beginning slip by.</summary>
    /// <returns>Where it begins: there, or where somebody else has just begun.</returns>
    public async Task<DateTimeOffset> BeginAsync(DateTimeOffset since, CancellationToken cancel) => (await FindOrAddAsync(Cut(since), cancel)).Value.ArrivedUntil;

    /// <summary>The window that comes next, bounded by <see cref="LogAnalyticsOptions.MaxWindow"/>; null when nothing has settled since.</summary>
    /// <exception cref="CannotContinueException">The watermark lies ahead of the clock.</exception>
    public ArrivalWindow? After(DateTimeOffset since)
    {
        var now = time.GetUtcNow();
        if (since > now)
        {
            throw new CannotContinueException(LogsReasons.WatermarkAhead, $"The watermark of workspace {_log} is {since:O}, and now is {now:O}: nothing that arrives until then would be judged.",
                "Set the clock right, or set the watermark back in the table sweepwatermarks.");
        }

        var until = Earlier(Cut(now - options.SettleTime), since + options.MaxWindow);
        return until - since < MinWindow ? null : new ArrivalWindow(since - options.Overlap, since, until);
    }

    /// <summary>Everything that arrived before <paramref name="until"/> has been judged. Called again, or late, it changes nothing.</summary>
    public async Task CompleteAsync(DateTimeOffset until, CancellationToken cancel)
    {
        while (true)
        {
            var read = await FindOrAddAsync(until, cancel);
            // Every window begins at a watermark that was true then, and the watermark only rises: whoever comes later with less has nothing to add.
            if (read.Value.ArrivedUntil >= until || await records.ReplaceAsync(read, read.Value with { ArrivedUntil = until }, cancel) is not null)
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
