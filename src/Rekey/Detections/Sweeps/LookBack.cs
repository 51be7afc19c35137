namespace Rekey.Detections.Sweeps;

/// <summary>
/// How far back the rows lie that accesses are judged with. Whoever forged a token chose its <c>iat</c>, and gateways say when it was
/// accepted: only that decides how far the joins reach. Pure.
/// </summary>
/// <param name="From">
/// Where the joins begin: an honest token that was honestly accepted was issued no earlier. It lives for
/// <see cref="SweepParameters.MaxTokenLifetime"/> at most, and clocks differ by <see cref="SweepParameters.ClockSkew"/>.
/// </param>
/// <param name="OutlivedFrom">
/// Where the rows of outlived tokens begin, which were accepted longer after their <c>iat</c> than any token lives; null when there are
/// none. A gateway that takes expired tokens accepts honest ones so: the rows of these tokens between here and <paramref name="From"/> are
/// looked up by their <c>jti</c>, and no others.
/// </param>
public sealed record LookBack(DateTimeOffset From, DateTimeOffset? OutlivedFrom)
{
    /// <summary>Where issuances begin: with everything else, but where gaps are looked for.</summary>
    public DateTimeOffset IssuedFrom { get; init; } = From;

    /// <summary>Of a batch.</summary>
    public static LookBack Of(SweepBatch batch, SweepParameters parameters)
    {
        var earliest = batch.EarliestEvent ?? batch.ArrivedUntil;
        return Of(earliest, IsOutlived(batch.EarliestIssuedAt, earliest, parameters) ? batch.EarliestIssuedAt : null, parameters);
    }

    /// <summary>
    /// Of a batch, to find gaps. A hole that hides a token begins before that was issued, with a line that may be older than any token:
    /// issuances reach back once more as far, and that is no forger's choice. So each access in sight has its issuance in sight. Gaps lie
    /// in whole logs: single lines from further back, of outlived tokens, would be the edges of holes that are none.
    /// </summary>
    public static LookBack OfGaps(SweepBatch batch, SweepParameters parameters)
    {
        var lookBack = Of(batch, parameters);
        return lookBack with
        {
            OutlivedFrom = null,
            IssuedFrom = Before(lookBack.From, parameters.MaxTokenLifetime + parameters.ClockSkew),
        };
    }

    /// <summary>Of accesses that were seen earlier.</summary>
    /// <param name="seen">One at least.</param>
    /// <param name="maxLookBack">No <c>iat</c> reaches further back from the access than that.</param>
    public static LookBack Of(IReadOnlyCollection<Sighting> seen, TimeSpan maxLookBack, SweepParameters parameters)
    {
        var outlived = seen.Where(s => IsOutlived(s.Token.IssuedAt, s.LastSeen, parameters))
            .Min(s => (DateTimeOffset?)Later(s.Token.IssuedAt!.Value, Before(s.FirstSeen, maxLookBack)));
        return Of(seen.Min(s => s.FirstSeen), outlived, parameters);
    }

    /// <summary>Whether a token was accepted longer after its <c>iat</c> than any token lives.</summary>
    public static bool IsOutlived(DateTimeOffset? issuedAt, DateTimeOffset accepted, SweepParameters parameters) =>
        issuedAt < Before(accepted, parameters.MaxTokenLifetime);

    private static LookBack Of(DateTimeOffset earliest, DateTimeOffset? outlived, SweepParameters parameters)
    {
        var margin = parameters.MaxTokenLifetime + parameters.ClockSkew;
        var from = Before(earliest, margin);
        var outlivedFrom = outlived is { } issuedAt ? Before(issuedAt, margin) : (DateTimeOffset?)null;
        return new(from, outlivedFrom < from ? outlivedFrom : null);
    }

    private static DateTimeOffset Before(DateTimeOffset time, TimeSpan span) =>
        time - DateTimeOffset.MinValue < span ? DateTimeOffset.MinValue : time - span;

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
