namespace Rekey.Sweeps;

/// <summary>
/// What arrived and is judged together.
/// </summary>
/// <param name="Id">Names the batch: the same arrivals, the same id.</param>
/// <param name="Accesses">How many accesses arrived in it; null where counting would cost a query of its own.</param>
/// <param name="EarliestEvent">The earliest time of an access, as its gateway says; null when there is none.</param>
/// <param name="ArrivedUntil">Everything that arrived before is in this batch or in an earlier one.</param>
/// <param name="BadLines">Lines that could not be read; they are in quarantine.</param>
public sealed record SweepBatch(string Id, long? Accesses, DateTimeOffset? EarliestEvent, DateTimeOffset ArrivedUntil, long BadLines)
{
    /// <summary>The earliest <c>iat</c> of them, which a forger chooses, bounded by how far the engine ever looks back; null when none has one. See <see cref="LookBack"/>.</summary>
    public DateTimeOffset? EarliestIssuedAt { get; init; }

    /// <summary>It is a share of arrivals whose first share was a batch before: what is one for all shares, such as gaps, was looked for then.</summary>
    public bool IsLaterShare { get; init; }

    /// <summary>Names the arrivals whose <see cref="BadLines"/> it tells: the same for a whole and each of its shares.</summary>
    public string CountedAs { get; init; } = Id;
}

/// <summary>
/// The two log streams with an engine that runs detections over them: Log Analytics, or files. It keeps its own progress: a batch that was not
/// completed comes again, whole.
/// </summary>
/// <remarks>All methods throw <see cref="RetryLaterException"/> when the engine cannot be reached or gives part of an answer only: then nothing counts as judged.</remarks>
public interface ITokenLog
{
    /// <summary>What has arrived and settled since the last completed batch; null when nothing has.</summary>
    Task<SweepBatch?> NextAsync(CancellationToken cancel);

    /// <summary>Runs a detection of tokens over a batch: over the accesses that arrived in it, with the issuances and earlier accesses that it needs.</summary>
    IAsyncEnumerable<Sighting> DetectAsync(Detection detection, SweepBatch batch, SweepParameters parameters, CancellationToken cancel);

    /// <summary>Runs a detection of tokens over accesses that were seen earlier, against all issuances that are there now.</summary>
    IAsyncEnumerable<Sighting> DetectAgainAsync(Detection detection, IReadOnlyList<Sighting> seen, SweepParameters parameters, CancellationToken cancel);

    /// <summary>Runs a detection of gaps over the issuances that a batch is judged against.</summary>
    IAsyncEnumerable<IssuanceGap> FindGapsAsync(Detection detection, SweepBatch batch, SweepParameters parameters, CancellationToken cancel);

    /// <summary>The findings of this batch are saved: it never comes again, unless <see cref="AgainAsync"/> was called since it was given.</summary>
    Task CompleteAsync(SweepBatch batch, CancellationToken cancel);

    /// <summary>
    /// What was found in accesses of that time or a later one is lost: batches that may hold them come again, as far back as the engine ever
    /// looks. The batch that is under way comes again too.
    /// </summary>
    Task AgainAsync(DateTimeOffset since, CancellationToken cancel);

    /// <summary>When an issuer last issued, by all lines that have arrived. May be asked while a sweep is under way.</summary>
    /// <param name="kids">Some kids of that issuer.</param>
    /// <param name="since">Lines of an earlier time are not read.</param>
    Task<LastIssuances> LastIssuancesAsync(
        string iss, IReadOnlyCollection<string> kids, DateTimeOffset since, CancellationToken cancel);

    /// <summary>Up to when arrivals are judged, by the ledger, and gaps were looked for; null before the first sweep.</summary>
    Task<DateTimeOffset?> JudgedUntilAsync(CancellationToken cancel);
}
