using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Core.Records;
using Rekey.Detections;
using Rekey.DuckDb.Files;
using Rekey.Ledgers;
using Rekey.Ledgers.Snapshots;

namespace Rekey.DuckDb.Folders;

/// <summary>
/// The judged versions of access files, from the ledger: one entry per batch, with one hash per file. A table row is no record of it,
/// because a forged row could hide a file from every sweep (T9).
/// </summary>
/// <remarks>
/// Files are forgotten <see cref="FolderLogOptions.KeepJudged"/> after they were judged. Such a file, if it still lies there, was last
/// written longer ago than that, and <see cref="IsTooOld"/>: every line in it is too old to be judged.
/// </remarks>
public sealed class JudgedFiles
{
    private const string Again = "again";
    private const string Files = "files";
    private const string Since = "since";
    private const string Until = "until";

    private readonly ILedger _ledger;
    private readonly FolderLogOptions _options;
    private readonly LedgerFold<Standing> _standing;

    /// <summary>The ledger view of judged files.</summary>
    public JudgedFiles(ILedger ledger, LedgerReader reader, FolderLogOptions options)
    {
        (_ledger, _options) = (ledger, options);
        _standing = new(
            reader,
            "judged-files",
            Standing.None,
            (known, line) => With(known, line, options.KeepJudged),
            version: 2,
            (known, to) => known.Save().WriteTo(to),
            SavedView.ByTree(Standing.Load)
        );
    }

    /// <summary>Returns the judged files.</summary>
    internal Task<Standing> ReadAsync(CancellationToken cancellationToken) => _standing.ReadAsync(cancellationToken);

    /// <summary>Whether every line of a file is too old to judge.</summary>
    internal bool IsTooOld(LogFile file, DateTimeOffset now) =>
        file.ArrivedAt >= LogFolders.Kept && file.ArrivedAt < now - _options.KeepJudged;

    /// <summary>Records a batch as judged, unless a repetition was requested since it was read.</summary>
    internal Task CompleteAsync(SweepBatch batch, IEnumerable<string> files, long again, CancellationToken cancellationToken) =>
        _ledger.AppendAsync(
            new(
                $"{LedgerKinds.BatchJudged}/{batch.Id}/{again}",
                LedgerKinds.BatchJudged,
                "log-folder",
                new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["batch"] = batch.Id,
                    [Again] = again.ToString(CultureInfo.InvariantCulture),
                    [Until] = batch.ArrivedUntil.ToString("O"),
                    ["accesses"] = $"{batch.Accesses}",
                    ["badLines"] = $"{batch.BadLines}",
                    [Files] = string.Join(' ', files),
                }
            ),
            cancellationToken
        );

    /// <summary>Resets files that were judged since a time.</summary>
    internal async Task AgainAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        while (await ReadAsync(cancellationToken) is var known && known.Files.Any(f => f.Value >= since))
        {
            var next = (known.Again + 1).ToString(CultureInfo.InvariantCulture);
            await _ledger.AppendAsync(
                new(
                    $"{LedgerKinds.BatchesAgain}/{next}",
                    LedgerKinds.BatchesAgain,
                    "log-folder",
                    new Dictionary<string, string>(StringComparer.Ordinal) { [Again] = next, [Since] = since.ToString("O") }
                ),
                cancellationToken
            );
        }
    }

    private static Standing With(Standing known, LedgerLine line, TimeSpan keep)
    {
        var facts = line.Entry.Facts;
        switch (line.Entry.Kind)
        {
            case LedgerKinds.BatchJudged when facts.TryGetValue(Files, out var files):
                if (Number(facts[Again]) != known.Again)
                {
                    return known;
                }

                var judged = files.Split(' ');
                known = known with
                {
                    Files = known.Files.SetItems(judged.Select(f => KeyValuePair.Create(f, line.At))),
                    Order = known.Order.Enqueue((line.At, judged)),
                    Until = Time(facts[Until]) is var until && until < known.Until ? known.Until : until,
                };
                while (known.Order.Peek() is var oldest && oldest.At < line.At - keep)
                {
                    // Keep a file that was judged again.
                    known = known with
                    {
                        Files = known.Files.RemoveRange(oldest.Files.Where(f => known.Files.GetValueOrDefault(f) == oldest.At)),
                        Order = known.Order.Dequeue(),
                    };
                }

                return known;
            case LedgerKinds.BatchesAgain when facts.TryGetValue(Since, out var since) && Number(facts[Again]) == known.Again + 1:
                var from = Time(since);
                return known with
                {
                    Files = known.Files.RemoveRange(known.Files.Where(f => f.Value >= from).Select(f => f.Key)),
                    Again = known.Again + 1,
                };
            default:
                return known;
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    /// <param name="Files">When each was judged, by <see cref="LogFile.Judged"/>.</param>
    /// <param name="Order">The same, in order of time.</param>
    /// <param name="Again">How often files had to be judged again.</param>
    /// <param name="Until">Up to when arrivals are judged; null before the first batch.</param>
    internal sealed record Standing(
        ImmutableDictionary<string, DateTimeOffset> Files,
        ImmutableQueue<(DateTimeOffset At, string[] Files)> Order,
        long Again,
        DateTimeOffset? Until
    )
    {
        public static readonly Standing None = new(
            ImmutableDictionary.Create<string, DateTimeOffset>(StringComparer.Ordinal),
            [],
            Again: 0,
            Until: null
        );

        /// <summary>Converts it for a snapshot.</summary>
        public JsonNode Save() =>
            JsonSerializer.SerializeToNode(
                new Saved(Files, [.. Order.Select(o => new SavedBatch(o.At, o.Files))], Again, Until),
                RecordJson.Options
            )!;

        /// <summary>Restores it from a snapshot.</summary>
        public static Standing Load(JsonElement saved)
        {
            var (files, order, again, until) = saved.Deserialize<Saved>(RecordJson.Options)!;
            return new(None.Files.AddRange(files), [.. order.Select(o => (o.At, o.Files))], again, until);
        }

        private sealed record Saved(
            IReadOnlyDictionary<string, DateTimeOffset> Files,
            IReadOnlyList<SavedBatch> Order,
            long Again,
            DateTimeOffset? Until
        );

        private sealed record SavedBatch(DateTimeOffset At, string[] Files);
    }
}
