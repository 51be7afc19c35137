using DuckDB.NET.Data;
using Rekey.Detections;
using Rekey.Detections.Gaps;
using Rekey.Detections.Sweeps;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Intake;

namespace Rekey.DuckDb.Detections;

/// <summary>Runs detections over two views. If a file is damaged in the middle, the detection runs again without it.</summary>
/// <param name="intakes">The intakes that the views read.</param>
/// <param name="issuances">SQL with the columns of <see cref="LogViews.TokenIssuance"/>, sifted by a column where one is named.</param>
/// <param name="accesses">SQL with the columns of <see cref="LogViews.GatewayAccess"/> and <c>InBatch</c>, in the same way.</param>
/// <param name="outlived">The looked-up tokens; null if there are none.</param>
internal sealed class Judgement(
    LogDatabase database,
    IReadOnlyList<LogIntake> intakes,
    Func<string?, string> issuances,
    Func<string?, string> accesses,
    DateTimeOffset arrivedUntil,
    OutlivedTokens? outlived = null
)
{
    private SweepParameters? _prepared;

    public IEnumerable<Sighting> Sightings(Detection detection, SweepParameters parameters, CancellationToken cancellationToken) =>
        Run(parameters, () => DetectionQuery.Sightings(database, detection, cancellationToken), cancellationToken)
            .Select(s => Weighed(outlived?.Weighed(s) ?? s, parameters));

    /// <summary>Runs a detection of gaps. What cannot be read of the issuance files is a gap too, which <c>issuance-gap</c>
    /// yields.</summary>
    /// <param name="until">The end of measured silence.</param>
    public IEnumerable<IssuanceGap> Gaps(
        Detection detection,
        DateTimeOffset until,
        SweepParameters parameters,
        CancellationToken cancellationToken
    ) =>
        Run(
            parameters,
            () =>
            {
                database.Execute(
                    $"SET VARIABLE {nameof(SweepBatch.ArrivedUntil)} = {SqlText.Time(until)}",
                    cancellationToken: cancellationToken
                );
                return DetectionQuery
                    .Gaps(database, detection, cancellationToken)
                    .Concat(detection.Id == DetectionCatalog.IssuanceGapId ? Unread(parameters, cancellationToken) : []);
            },
            cancellationToken
        );

    private IEnumerable<LogHole> Holes => intakes.Where(i => i.IsIssuance).SelectMany(i => i.Reading.Holes);

    private IEnumerable<IssuanceGap> Unread(SweepParameters parameters, CancellationToken cancellationToken)
    {
        if (!Holes.Any())
        {
            return [];
        }

        var issuers = database
            .Query($"SELECT DISTINCT Iss FROM {LogViews.TokenIssuanceName}", r => r.GetString(0), cancellationToken: cancellationToken)
            .Union(parameters.Windows.Select(w => w.Iss), StringComparer.Ordinal)
            .ToList();
        return Holes.SelectMany(h => h.ToGaps(issuers));
    }

    /// <summary>Marks tokens whose issuance may be in what cannot be read.</summary>
    private Sighting Weighed(Sighting seen, SweepParameters parameters) =>
        IssuanceGap.Weigh(seen, Holes.SelectMany(h => h.ToGaps([seen.Token.Iss])), parameters);

    private IEnumerable<T> Run<T>(SweepParameters parameters, Func<IEnumerable<T>> rows, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (!ReferenceEquals(_prepared, parameters) || !ReferenceEquals(database.PreparedFor, this))
            {
                Prelude.Create(database, issuances, accesses, parameters, arrivedUntil, cancellationToken);
                (_prepared, database.PreparedFor) = (parameters, this);
            }

            try
            {
                return rows();
            }
            catch (DuckDBException) when (intakes.Any(i => i.LeaveOutUnreadable(cancellationToken)))
            {
                _prepared = null;
            }
        }
    }
}
