using Rekey.Core;
using Rekey.Detections;
using Rekey.Detections.Accesses;
using Rekey.Detections.Gaps;
using Rekey.Detections.Issuances;
using Rekey.Detections.Sweeps;
using Rekey.DuckDb.Detections;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Intake;
using Rekey.DuckDb.Mapping;

namespace Rekey.DuckDb.Folders;

/// <summary>
/// The token log in two folders of files. Files count by arrival: a settled access file that was not judged yet is in the next batch. It
/// is marked as judged only after the batch's findings are saved.
/// </summary>
/// <remarks>
/// Only one sweep uses it at a time. It has its own work folder and no state; the ledger records judged files. If the process dies, the
/// batch comes again. It passes the result of reading each stream to <c>report</c>.
/// </remarks>
public sealed class FolderTokenLog : ITokenLog, IDisposable
{
    private readonly FolderLogOptions _options;
    private readonly JudgedFiles _judged;
    private readonly TimeProvider _timeProvider;
    private readonly Action<string, LogReading> _report;
    private readonly LogMapping _mapping;
    private readonly LogFolders _folders;
    private FolderBatch? _batch;
    private FolderRejudgement? _again;
    private LookUpBudget _lookUps;
    private long _againBefore;

    /// <exception cref="CannotContinueException"><c>bad-mapping</c> or <c>bad-preset</c>.</exception>
    public FolderTokenLog(
        FolderLogOptions options,
        JudgedFiles judged,
        TimeProvider timeProvider,
        Action<string, LogReading>? report = null
    )
    {
        (_options, _judged, _timeProvider, _report) = (options, judged, timeProvider, report ?? ((_, _) => { }));
        var presets = options.PresetsFolder is { } presetsFolder ? LogPresets.Read(presetsFolder) : LogPresets.BuiltIn;
        _mapping = options.MappingFile is { } path ? LogMapping.Read(path, presets) : LogMapping.None;
        _folders = new(options, judged);
        _lookUps = new(options.MaxLookUpBytes);
    }

    /// <inheritdoc/>
    public async Task<SweepBatch?> NextAsync(CancellationToken cancellationToken)
    {
        var now = _timeProvider.GetUtcNow();
        var (found, judged, again) = await _folders.AccessAsync(now, cancellationToken);
        var arrived = found.Files;
        var taken = found with { Files = Bounded(arrived) };
        Forget();

        // Earlier sightings are judged again before the next batch, with one common budget.
        _lookUps = new(_options.MaxLookUpBytes);
        if (taken.Files.Count == 0)
        {
            return null;
        }

        _againBefore = again;

        // For this batch, files that are left for later have not arrived yet.
        var until = arrived.Skip(taken.Files.Count).Select(f => f.LastWrite).Append(now - _options.SettleTime).Min();
        _batch = await Task.Run(
            () => FolderBatch.Read(new(_options, _mapping, now), _folders, taken, judged, until, _report, cancellationToken),
            cancellationToken
        );
        return _batch.Batch;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<Sighting> DetectAsync(
        Detection detection,
        SweepBatch batch,
        SweepParameters parameters,
        CancellationToken cancellationToken
    ) =>
        DetectionQuery.InBackground(
            stop => Current(batch).Judge(parameters, stop).Sightings(detection, parameters, stop),
            cancellationToken
        );

    /// <inheritdoc/>
    /// <remarks><see cref="Sighting.Accesses"/> counts the given accesses: the first and the last access of each sighting.</remarks>
    public IAsyncEnumerable<Sighting> DetectAgainAsync(
        Detection detection,
        IReadOnlyList<Sighting> seen,
        SweepParameters parameters,
        CancellationToken cancellationToken
    ) =>
        DetectionQuery.InBackground(
            stop =>
            {
                if (seen.Count == 0)
                {
                    return [];
                }

                var now = _timeProvider.GetUtcNow();
                if (_again?.Serves(seen, parameters, now) is not true)
                {
                    _again?.Dispose();
                    _again = null;
                    _again = FolderRejudgement.Read(new(_options, _mapping, now), _folders, seen, parameters, _report, stop);
                }

                return _again.Judge(seen, parameters, _lookUps, stop).Sightings(detection, parameters, stop);
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public IAsyncEnumerable<IssuanceGap> FindGapsAsync(
        Detection detection,
        SweepBatch batch,
        SweepParameters parameters,
        CancellationToken cancellationToken
    ) => DetectionQuery.InBackground(stop => Current(batch).Gaps(detection, batch, parameters, stop), cancellationToken);

    /// <inheritdoc/>
    public async Task CompleteAsync(SweepBatch batch, CancellationToken cancellationToken)
    {
        // Mark the listed version of a file: a later change is another version, and comes again.
        await _judged.CompleteAsync(batch, Current(batch).Files.Select(_folders.Judged), _againBefore, cancellationToken);
        Forget();
    }

    /// <inheritdoc/>
    public Task AgainAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        // A file is judged after its accesses, apart from clock skew.
        Forget();
        return _judged.AgainAsync(
            since - DateTimeOffset.MinValue < LogFolders.Doubt ? DateTimeOffset.MinValue : since - LogFolders.Doubt,
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public Task<LastIssuances> LastIssuancesAsync(
        string iss,
        IReadOnlyCollection<string> kids,
        DateTimeOffset since,
        CancellationToken cancellationToken
    ) =>
        Task.Run(
            () => FolderIssuances.Last(_options, _mapping, _folders, iss, kids, since, _timeProvider.GetUtcNow(), cancellationToken),
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<LiveIssuances> LiveIssuancesAsync(
        string iss,
        IReadOnlyCollection<string> kids,
        DateTimeOffset since,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) =>
        Task.Run(
            () => FolderIssuances.Live(_options, _mapping, _folders, iss, kids, since, at, _timeProvider.GetUtcNow(), cancellationToken),
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<LoggedUses> UsesAsync(AskedToken asked, DateTimeOffset since, CancellationToken cancellationToken) =>
        Task.Run(() => FolderUses.Find(_options, _mapping, asked, since, _timeProvider.GetUtcNow(), cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> JudgedUntilAsync(CancellationToken cancellationToken) =>
        (await _judged.ReadAsync(cancellationToken)).Until;

    /// <inheritdoc/>
    public void Dispose()
    {
        Forget();
        _again?.Dispose();
        _again = null;
    }

    private FolderBatch Current(SweepBatch batch) =>
        _batch is { } current && current.Batch.Id == batch.Id
            ? current
            : throw new RetryLaterException($"The batch {batch.Id} is no longer loaded, and comes again.");

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
