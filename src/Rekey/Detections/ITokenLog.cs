using Rekey.Core;
using Rekey.Detections.Accesses;
using Rekey.Detections.Gaps;
using Rekey.Detections.Issuances;
using Rekey.Detections.Sweeps;

namespace Rekey.Detections;

/// <summary>
/// The two log streams, with an engine that runs detections over them (Log Analytics, or files). It keeps its own progress: a batch that
/// was not completed comes again, whole.
/// </summary>
/// <remarks>All methods throw <see cref="RetryLaterException"/> if the engine cannot be reached or returns a partial result: then nothing
/// counts as judged.</remarks>
public interface ITokenLog
{
    /// <summary>Returns the arrivals that settled since the last completed batch; null if there are none.</summary>
    Task<SweepBatch?> NextAsync(CancellationToken cancellationToken);

    /// <summary>Runs a detection of tokens over a batch: over the accesses that arrived in it, with the issuances and earlier accesses
    /// that it needs.</summary>
    IAsyncEnumerable<Sighting> DetectAsync(
        Detection detection,
        SweepBatch batch,
        SweepParameters parameters,
        CancellationToken cancellationToken
    );

    /// <summary>Runs a detection of tokens over earlier accesses, against all issuances that have arrived by now.</summary>
    IAsyncEnumerable<Sighting> DetectAgainAsync(
        Detection detection,
        IReadOnlyList<Sighting> seen,
        SweepParameters parameters,
        CancellationToken cancellationToken
    );

    /// <summary>Runs a detection of gaps over the issuances of a batch.</summary>
    /// <exception cref="RetryLaterException">Its reason is <see cref="UnfinishedQuery.Reason"/> if the engine gave up this
    /// query.</exception>
    IAsyncEnumerable<IssuanceGap> FindGapsAsync(
        Detection detection,
        SweepBatch batch,
        SweepParameters parameters,
        CancellationToken cancellationToken
    );

    /// <summary>Completes a batch after its findings were saved: it never comes again, unless <see cref="AgainAsync"/> was called since
    /// then.</summary>
    Task CompleteAsync(SweepBatch batch, CancellationToken cancellationToken);

    /// <summary>
    /// Repeats batches after findings were lost: those that may contain accesses of that time or later, within the engine's look-back.
    /// The current batch comes again too.
    /// </summary>
    Task AgainAsync(DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>Returns when an issuer last issued, by all lines that have arrived. Callers may use it during a sweep.</summary>
    /// <param name="kids">Some kids of that issuer.</param>
    /// <param name="since">Lines of an earlier time are not read.</param>
    Task<LastIssuances> LastIssuancesAsync(
        string iss,
        IReadOnlyCollection<string> kids,
        DateTimeOffset since,
        CancellationToken cancellationToken
    );

    /// <summary>Counts the tokens of an issuer that have not expired, by all lines that have arrived. Callers may use it during a
    /// sweep.</summary>
    /// <param name="kids">Some kids of that issuer.</param>
    /// <param name="since">Lines of an earlier time are not read.</param>
    /// <param name="at">Tokens that expire later are live.</param>
    Task<LiveIssuances> LiveIssuancesAsync(
        string iss,
        IReadOnlyCollection<string> kids,
        DateTimeOffset since,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );

    /// <summary>Returns the gateways that accepted a token. Callers may use it during a sweep.</summary>
    /// <param name="since">Lines of an earlier time are not read.</param>
    Task<LoggedUses> UsesAsync(AskedToken asked, DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>Returns until when arrivals were judged and gaps were detected, by the ledger; null before the first sweep.</summary>
    Task<DateTimeOffset?> JudgedUntilAsync(CancellationToken cancellationToken);
}
