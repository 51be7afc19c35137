using Rekey.Sweeps;

namespace Rekey.DuckDb;

/// <summary>
/// The two log streams as folders of files. Files are taken in by arrival: an access file that has settled and was not judged yet is in the next batch, and is marked as judged when the
/// batch's findings are saved, never before.
/// </summary>
/// <remarks>
/// One sweep at a time uses it. It works in its own folder and holds no state; which files are judged stands in the ledger. A process that dies has lost nothing, and the batch comes again.
/// What it reads of files is told to <c>report</c>, by stream.
/// </remarks>
public sealed class FolderTokenLog : ITokenLog, IDisposable
{
    private readonly FolderLogOptions _options;
    private readonly JudgedFiles _judged;
    private readonly TimeProvider _time;
    private readonly Action<string, LogReading> _report;
    private readonly LogMapping _mapping;
    private readonly LogFolders _folders;
    private FolderBatch? _batch;
    private FolderRejudgement? _again;
    private LookUpBudget _lookUps;
    private long _againBefore;

    /// <exception cref="CannotContinueException"><c>bad-mapping</c>.</exception>
    public FolderTokenLog(FolderLogOptions options, JudgedFiles judged, TimeProvider time, Action<string, LogReading>? report = null)
    {
        (_options, _judged, _time, _report) = (options, judged, time, report ?? ((_, _) => { }));
        _mapping = options.MappingFile is { } path ? LogMapping.Read(path) : LogMapping.None;
        _folders = new(options, judged);
        _lookUps = new(options.MaxLookUpBytes);
    }

    /// <inheritdoc/>
    public async Task<SweepBatch?> NextAsync(CancellationToken cancel)
    {
        var now = _time.GetUtcNow();
        var (arrived, judged, again) = await _folders.AccessAsync(now, cancel);
        var taken = Bounded(arrived);
        Forget();

        // What was seen earlier is judged again before the next batch: all of that is one budget.
        _lookUps = new(_options.MaxLookUpBytes);
        if (taken.Count == 0)
        {
            return null;
        }

        _againBefore = again;

        // What is left for later has not arrived yet, as far as this batch goes.
        var until = arrived.Skip(taken.Count).Select(f => f.LastWrite).Append(now - _options.SettleTime).Min();
        _batch = await Task.Run(() => FolderBatch.Read(_options, _mapping, _folders, taken, judged, until, now, _report, cancel), cancel);
        return _batch.Batch;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<Sighting> DetectAsync(Detection detection, SweepBatch batch, SweepParameters parameters, CancellationToken cancel) =>
        DetectionQuery.InBackground(stop => Current(batch).Judge(parameters, stop).Sightings(detection, parameters, stop), cancel);

    /// <inheritdoc/>
    /// <remarks><see cref="Sighting.Accesses"/> counts what was given: the first and the last access of each sighting.</remarks>
    public IAsyncEnumerable<Sighting> DetectAgainAsync(Detection detection, IReadOnlyList<Sighting> seen, SweepParameters parameters, CancellationToken cancel) => DetectionQuery.InBackground(stop =>
    {
        if (seen.Count == 0)
        {
            return [];
        }

        var now = _time.GetUtcNow();
        if (_again?.Serves(seen, parameters, now) is not true)
        {
            _again?.Dispose();
            _again = null;
            _again = FolderRejudgement.Read(_options, _mapping, _folders, seen, parameters, now, _report, stop);
        }

        return _again.Judge(seen, parameters, _lookUps, stop).Sightings(detection, parameters, stop);
    }, cancel);

    /// <inheritdoc/>
    public IAsyncEnumerable<IssuanceGap> FindGapsAsync(Detection detection, SweepBatch batch, SweepParameters parameters, CancellationToken cancel) =>
        DetectionQuery.InBackground(stop => Current(batch).Gaps(detection, batch, parameters, stop), cancel);

    /// <inheritdoc/>
    public async Task CompleteAsync(SweepBatch batch, CancellationToken cancel)
    {
        // A file that has changed since it was listed is marked as it was listed: the change is another version, and comes again.
        await _judged.CompleteAsync(batch, Current(batch).Files.Select(_folders.Judged), _againBefore, cancel);
        Forget();
    }

    /// <inheritdoc/>
    public Task AgainAsync(DateTimeOffset since, CancellationToken cancel)
    {
        // A file that holds an access was judged after that, but for clocks that are off.
        Forget();
        return _judged.AgainAsync(since - DateTimeOffset.MinValue < LogFolders.Doubt ? DateTimeOffset.MinValue : since - LogFolders.Doubt, cancel);
    }

    /// <inheritdoc/>
    public Task<LastIssuances> LastIssuancesAsync(
        string iss, IReadOnlyCollection<string> kids, DateTimeOffset since, CancellationToken cancel) =>
        Task.Run(() => FolderIssuances.Last(_options, _mapping, _folders, iss, kids, since, _time.GetUtcNow(), cancel), cancel);

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> JudgedUntilAsync(CancellationToken cancel) => (await _judged.ReadAsync(cancel)).Until;

    /// <inheritdoc/>
    public void Dispose()
    {
        Forget();
        _again?.Dispose();
        _again = null;
    }

    private FolderBatch Current(SweepBatch batch) => _batch is { } current && current.Batch.Id == batch.Id ? current : throw new RetryLaterException($"The batch {batch.Id} is not at hand: it comes again.");

    private List<LogFile> Bounded(IReadOnlyList<LogFile> arrived)
    {
        var bytes = 0L;
        return [.. arrived.Take(_options.MaxFiles).TakeWhile((file, i) => (bytes += file.Length) <= _options.MaxBytes || i == 0)];
    }

    private void Forget()
    {
        _batch?.Dispose();
        _batch = null;
    }
}
