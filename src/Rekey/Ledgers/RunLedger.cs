using System.Collections.Immutable;

namespace Rekey.Ledgers;

/// <summary>When what must happen again and again last happened, by the ledger. Said once an hour at most, so that standing still writes next to nothing.</summary>
public sealed class RunLedger(ILedger ledger, LedgerReader reader, TimeProvider clock)
{
    private const string Parts = "parts";

    private readonly LedgerFold<Runs> _runs = new(reader, "runs", new(Began: null, ImmutableDictionary.Create<string, DateTimeOffset>(StringComparer.Ordinal)), With);

    /// <summary>It has just been done.</summary>
    /// <param name="parts">What of it was done, where it has parts; no blanks in their names.</param>
    public async Task RanAsync(string what, IReadOnlyCollection<string> parts, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        if (!IsSameHour((await _runs.ReadAsync(cancel)).Last.GetValueOrDefault(what), now))
        {
            await ledger.AppendAsync(new($"{LedgerKinds.Ran}/{what}/{now:yyyy-MM-ddTHH}", LedgerKinds.Ran, what, Facts.Of((Parts, string.Join(' ', parts)))), cancel);
        }
    }

    /// <summary>When it was last done; when the ledger began if it never was; null when the ledger is empty.</summary>
    /// <param name="part">Which part of it; null for all of it.</param>
    public async Task<DateTimeOffset?> LastAsync(string what, string? part, CancellationToken cancel)
    {
        var runs = await _runs.ReadAsync(cancel);
        return runs.Last.TryGetValue(NameOf(what, part), out var last) ? last : runs.Began;
    }

    private static string NameOf(string what, string? part) => part is null ? what : $"{what} {part}";

    private static bool IsSameHour(DateTimeOffset a, DateTimeOffset b) => a.UtcTicks / TimeSpan.TicksPerHour == b.UtcTicks / TimeSpan.TicksPerHour;

    private static Runs With(Runs runs, LedgerLine line)
    {
        runs = runs.Began is null ? runs with { Began = line.At } : runs;
        if (line.Entry.Kind is not LedgerKinds.Ran)
        {
            return runs;
        }

        var what = line.Entry.About;
        return runs with
        {
            Last = runs.Last.SetItem(what, line.At)
                .SetItems(line.Entry.Facts[Parts].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => KeyValuePair.Create(NameOf(what, p), line.At))),
        };
    }

    /// <param name="Began">When the ledger's first line was written.</param>
    private sealed record Runs(DateTimeOffset? Began, ImmutableDictionary<string, DateTimeOffset> Last);
}
