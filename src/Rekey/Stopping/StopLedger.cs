using System.Globalization;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Ledgers;

namespace Rekey.Stopping;

/// <summary>
/// Records in the ledger that an operator stopped Rekey, and reads whether the stop is in force. It ends with an approved decision about
/// it, which is a line of the ledger too. No row can set or end it.
/// </summary>
public sealed class StopLedger(ILedger ledger, LedgerReader reader, DecisionLedger decisions)
{
    private readonly LedgerFold<Stops> _stops = new(reader, "stops", new Stops(Last: null), (stops, line) =>
        line.Entry.Kind is LedgerKinds.Stopped ? new(StopOf(line)) : stops
    );

    /// <summary>The number of the last stop that was seen to have ended: a decision is never taken back.</summary>
    private volatile int _ended;

    /// <summary>The stop that is in force; null when there is none.</summary>
    /// <exception cref="RetryLaterException">The ledger cannot be reached.</exception>
    /// <exception cref="CannotContinueException">The ledger is broken.</exception>
    public async Task<RecordedStop?> FindAsync(CancellationToken cancellationToken)
    {
        if ((await _stops.ReadAsync(cancellationToken)).Last is not { } last || last.Number == _ended)
        {
            return null;
        }

        var approved = (await decisions.ReadAsync(cancellationToken)).Approved(DecisionKinds.Start);
        if (approved.All(d => !string.Equals(d.About, last.About, StringComparison.Ordinal)))
        {
            return last;
        }

        _ended = last.Number;
        return null;
    }

    /// <summary>Puts a stop on record. When one is in force already, nothing changes.</summary>
    /// <returns>The stop in force.</returns>
    public async Task<RecordedStop> StopAsync(string by, CancellationToken cancellationToken)
    {
        if (await FindAsync(cancellationToken) is { } standing)
        {
            return standing;
        }

        // Two operators at the same time: the ledger takes one line under this id.
        var number = ((await _stops.ReadAsync(cancellationToken)).Last?.Number ?? 0) + 1;
        return StopOf(
            await ledger.AppendAsync(
                new(
                    $"{LedgerKinds.Stopped}/{number}",
                    LedgerKinds.Stopped,
                    RecordedStop.AboutOf(number),
                    Facts.Of(("number", number.ToString(CultureInfo.InvariantCulture)), ("by", by))
                ),
                cancellationToken
            )
        );
    }

    private static RecordedStop StopOf(LedgerLine line) =>
        new(int.Parse(line.Entry.Facts["number"], CultureInfo.InvariantCulture), line.Entry.Facts["by"], line.At);

    /// <summary>The state of the view: the last stop, in force or not.</summary>
    private sealed record Stops(RecordedStop? Last);
}
