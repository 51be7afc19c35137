using DuckDB.NET.Data;
using Rekey.Sweeps;

namespace Rekey.DuckDb;

/// <summary>Runs detections over two views. A file that turns out to be damaged in the middle is left out, and the detection runs again without it.</summary>
/// <param name="intakes">All that the views read.</param>
/// <param name="issuances">SQL with the columns of <see cref="LogViews.TokenIssuance"/>.</param>
/// <param name="accesses">SQL with the columns of <see cref="LogViews.GatewayAccess"/> and <c>InBatch</c>.</param>
internal sealed class Judgement(LogDatabase database, IReadOnlyList<LogIntake> intakes, Func<string> issuances, Func<string> accesses, DateTimeOffset arrivedUntil)
{
    private SweepParameters? _prepared;

    public IEnumerable<Sighting> Sightings(Detection detection, SweepParameters parameters, CancellationToken cancel) =>
        Run(parameters, () => DetectionQuery.Sightings(database, detection, cancel), cancel);

    public IEnumerable<IssuanceGap> Gaps(Detection detection, SweepParameters parameters, CancellationToken cancel) =>
        Run(parameters, () => DetectionQuery.Gaps(database, detection, cancel), cancel);

    private IEnumerable<T> Run<T>(SweepParameters parameters, Func<IEnumerable<T>> rows, CancellationToken cancel)
    {
        while (true)
        {
            if (!ReferenceEquals(_prepared, parameters))
            {
                Prelude.Create(database, issuances(), accesses(), parameters, arrivedUntil, cancel);
                _prepared = parameters;
            }

            try
            {
                return rows();
            }
            catch (DuckDBException) when (intakes.Any(i => i.LeaveOutUnreadable(cancel)))
            {
                _prepared = null;
            }
        }
    }
}
