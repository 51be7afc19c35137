namespace Rekey.Detections.Sweeps;

/// <summary>
/// How far back a sweep reads rows to judge accesses. A forger chooses a token's <c>iat</c>, but the gateway records the access time, so
/// only the access time decides how far the joins reach. Pure.
/// </summary>
/// <param name="From">
/// Where the joins begin: no legitimate, correctly accepted token was issued earlier. Such a token lives for
/// <see cref="SweepParameters.MaxTokenLifetime"/> at most, and clocks differ by <see cref="SweepParameters.ClockSkew"/>.
/// </param>
/// <param name="OutlivedFrom">
/// Where the rows of outlived tokens begin (accepted longer after their <c>iat</c> than any token lives); null if there are none. A
/// gateway that accepts expired tokens produces legitimate ones. Between here and <paramref name="From"/>, only the rows of these tokens
/// are looked up, by their <c>jti</c>.
/// </param>
public sealed record LookBack(DateTimeOffset From, DateTimeOffset? OutlivedFrom)
{
    /// <summary>Where issuances begin: at the same point as the joins, except in searches for gaps.</summary>
    public DateTimeOffset IssuedFrom { get; init; } = From;

    /// <summary>Computes the look-back of a batch.</summary>
    public static LookBack Of(SweepBatch batch, SweepParameters parameters)
    {
        var earliest = batch.EarliestEvent ?? batch.ArrivedUntil;
        return Of(earliest, IsOutlived(batch.EarliestIssuedAt, earliest, parameters) ? batch.EarliestIssuedAt : null, parameters);
    }

    /// <summary>
    /// Computes the look-back of a batch to find gaps. A gap that hides a token begins before its issuance, at a line that may be older
    /// than any token. Issuances therefore reach back twice as far, whatever a forger chooses, and include that of each access. Single
    /// older lines, of outlived tokens, are left out: they would look like the edges of gaps.
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

    /// <summary>Computes the look-back of accesses from earlier batches.</summary>
    /// <param name="seen">At least one.</param>
    /// <param name="maxLookBack">The longest time before the access that an <c>iat</c> may reach back.</param>
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
