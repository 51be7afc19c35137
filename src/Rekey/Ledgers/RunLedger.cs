using System.Collections.Immutable;
using Rekey.Core;

namespace Rekey.Ledgers;

/// <summary>
/// Records in the ledger when periodic work was last done. It writes at most one line an hour, so that an idle app writes almost nothing.
/// </summary>
public sealed class RunLedger(ILedger ledger, LedgerReader reader, TimeProvider timeProvider)
{
    /// <summary>The governed vaults are checked for unexpected versions.</summary>
    public const string Vaults = "look-at-vaults";

    /// <summary>Access to the declared vaults is read; its parts are vaults.</summary>
    public const string VaultAccess = "look-at-vault-access";

    /// <summary>The accounts of the directory are compared with what is known.</summary>
    public const string Accounts = "reconcile-accounts";

    /// <summary>Logs are swept for tokens.</summary>
    public const string Sweeps = "sweep-tokens";

    /// <summary>The Graph subscription is looked at, and renewed when that is due.</summary>
    public const string Feed = "renew-subscription";

    /// <summary>What people who have left do is read from the logs.</summary>
    public const string Watch = "watch-departed";

    /// <summary>Events about accounts arrive from Graph.</summary>
    public const string UserChanges = "take-user-changes";

    /// <summary>The interval between two lines, and so how far the recorded time may lag behind.</summary>
    public static readonly TimeSpan Pulse = TimeSpan.FromHours(1);

    private const string Parts = "parts";

    private readonly LedgerFold<Runs> _runs = new(
        reader,
        "runs",
        new(Began: null, ImmutableDictionary.Create<string, DateTimeOffset>(StringComparer.Ordinal)),
        With
    );

    /// <summary>Records that the work has just been done, unless this hour has a line.</summary>
    /// <param name="parts">The parts of it that were done, where it has any; no blanks in their names.</param>
    public async Task RanAsync(string what, IReadOnlyCollection<string> parts, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        if (!IsSameHour((await _runs.ReadAsync(cancellationToken)).Last.GetValueOrDefault(what), now))
        {
            var id = $"{LedgerKinds.Ran}/{what}/{now:yyyy-MM-ddTHH}";
            await ledger.AppendAsync(new(id, LedgerKinds.Ran, what, Facts.Of((Parts, string.Join(' ', parts)))), cancellationToken);
        }
    }

    /// <summary>When it was last done; the time of the first line if never; null when the ledger is empty.</summary>
    /// <param name="part">The part; null for all of it.</param>
    public async Task<DateTimeOffset?> LastAsync(string what, string? part, CancellationToken cancellationToken)
    {
        var runs = await _runs.ReadAsync(cancellationToken);
        return runs.Last.TryGetValue(NameOf(what, part), out var last) ? last : runs.Began;
    }

    /// <summary>When it was last done; null if never.</summary>
    public async Task<DateTimeOffset?> FindAsync(string what, CancellationToken cancellationToken) =>
        (await _runs.ReadAsync(cancellationToken)).Last.TryGetValue(what, out var last) ? last : null;

    private static string NameOf(string what, string? part) => part is null ? what : $"{what} {part}";

    private static bool IsSameHour(DateTimeOffset a, DateTimeOffset b) =>
        a.UtcTicks / TimeSpan.TicksPerHour == b.UtcTicks / TimeSpan.TicksPerHour;

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
            Last = runs
                .Last.SetItem(what, line.At)
                .SetItems(
                    line.Entry.Facts[Parts]
                        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                        .Select(p => KeyValuePair.Create(NameOf(what, p), line.At))
                ),
        };
    }

    /// <param name="Began">When the ledger's first line was written.</param>
    private sealed record Runs(DateTimeOffset? Began, ImmutableDictionary<string, DateTimeOffset> Last);
}
