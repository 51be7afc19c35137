using Rekey.Core;
using Rekey.Detections.Gaps;
using Rekey.Detections.Issuances;
using Rekey.Detections.Sweeps;

namespace Rekey.Detections;

/// <summary>
/// The two log streams with an engine that runs detections over them: Log Analytics, or files. It keeps its own progress: a batch that was
/// not completed comes again, whole.
/// </summary>
/// <remarks>All methods throw <see cref="RetryLaterException"/> when the engine cannot be reached or gives part of an answer only: then
/// nothing counts as judged.</remarks>
public interface ITokenLog
{
    /// <summary>What has arrived and settled since the last completed batch; null when nothing has.</summary>
    Task<SweepBatch?> NextAsync(CancellationToken cancellationToken);

    /// <summary>Runs a detection of tokens over a batch: over the accesses that arrived in it, with the issuances and earlier accesses that
    /// it needs.</summary>
    IAsyncEnumerable<Sighting> DetectAsync(
        Detection detection,
        SweepBatch batch,
        SweepParameters parameters,
        CancellationToken cancellationToken
    );

    /// <summary>Runs a detection of tokens over accesses that were seen earlier, against all issuances that are there now.</summary>
    IAsyncEnumerable<Sighting> DetectAgainAsync(
        Detection detection,
        IReadOnlyList<Sighting> seen,
        SweepParameters parameters,
        CancellationToken cancellationToken
    );

    /// <summary>Runs a detection of gaps over the issuances that a batch is judged against.</summary>
    IAsyncEnumerable<IssuanceGap> FindGapsAsync(
        Detection detection,
        SweepBatch batch,
        SweepParameters parameters,
        CancellationToken cancellationToken
    );

    /// <summary>The findings of this batch are saved: it never comes again, unless <see cref="AgainAsync"/> was called since it was
    /// given.</summary>
    Task CompleteAsync(SweepBatch batch, CancellationToken cancellationToken);

    /// <summary>
    /// What was found in accesses of that time or a later one is lost: batches that may hold them come again, as far back as the engine
    /// ever looks. The batch that is under way comes again too.
    /// </summary>
    Task AgainAsync(DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>When an issuer last issued, by all lines that have arrived. May be asked while a sweep is under way.</summary>
    /// <param name="kids">Some kids of that issuer.</param>
    /// <param name="since">Lines of an earlier time are not read.</param>
    Task<LastIssuances> LastIssuancesAsync(
        string iss,
        IReadOnlyCollection<string> kids,
        DateTimeOffset since,
        CancellationToken cancellationToken
    );

    /// <summary>Up to when arrivals are judged, by the ledger, and gaps were looked for; null before the first sweep.</summary>
    Task<DateTimeOffset?> JudgedUntilAsync(CancellationToken cancellationToken);
}
