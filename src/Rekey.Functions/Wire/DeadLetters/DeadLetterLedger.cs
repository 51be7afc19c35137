using System.Collections.Immutable;
using Rekey.Ledgers;

namespace Rekey.Functions.Wire.DeadLetters;

/// <summary>Counts the dead letters with their own ledger line in an hour, by function and reason.</summary>
public sealed class DeadLetterLedger(LedgerReader reader)
{
    private readonly LedgerFold<Counted> _counted = new(reader, "dead-letters", new(0, Nothing), (counted, line) =>
    {
        if (line.Entry.Kind is not LedgerKinds.InputDeadLettered)
        {
            return counted;
        }

        // Past hours no longer matter.
        var (hour, of) = (HourOf(line.At), NameOf(line.Entry.About, line.Entry.Facts["reason"]));
        var counts = hour == counted.Hour ? counted.Counts : Nothing;
        return new(hour, counts.SetItem(of, counts.GetValueOrDefault(of) + 1));
    });

    private static ImmutableDictionary<string, int> Nothing { get; } = ImmutableDictionary.Create<string, int>(StringComparer.Ordinal);

    private static string NameOf(string function, string reason) => $"{function}/{reason}";

    /// <summary>Gives the hour of a time as a number.</summary>
    public static long HourOf(DateTimeOffset time) => time.UtcTicks / TimeSpan.TicksPerHour;

    public async Task<int> CountAsync(string function, string reason, long hour, CancellationToken cancellationToken) =>
        await _counted.ReadAsync(cancellationToken) is { } counted && counted.Hour == hour
            ? counted.Counts.GetValueOrDefault(NameOf(function, reason))
            : 0;

    private sealed record Counted(long Hour, ImmutableDictionary<string, int> Counts);
}
