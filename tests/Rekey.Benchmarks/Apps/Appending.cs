using System.Diagnostics;
using Azure.Storage.Blobs;
using Rekey.Azure.Storage;
using Rekey.Benchmarks.Measuring;
using Rekey.Ledgers.Segments;
using Rekey.Local.Azurite;
using Spectre.Console;

namespace Rekey.Benchmarks.Apps;

/// <summary>
/// How many entries a second the ledger takes of one writer, and of 16: in one process, where entries that wait are written together, and
/// in 16 processes that contend for the ledger's end.
/// </summary>
internal static class Appending
{
    private const int Writers = 16;

    public static async Task<Table> RunAsync(Run run, CancellationToken cancellationToken)
    {
        var (time, rounds) = (TimeSpan.FromSeconds(run.Times(10, 1)), run.Times(5, 1));
        await using var azurite = await AzuriteProcess.StartAsync(cancellationToken: cancellationToken);
        var service = new BlobServiceClient(azurite.ConnectionString);
        var (one, many, mixed) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            // In turn: a machine that slows down slows all of them down.
            one.Add(await RateAsync(service, processes: 1, tasks: 1, time, cancellationToken));
            many.Add(await RateAsync(service, processes: 1, Writers, time, cancellationToken));
            mixed.Add(await RateAsync(service, processes: Writers, tasks: 1, time, cancellationToken));
        }

        var baseline = Median(one);
        var table = new Table().AddColumns("writers", "entries a second, median", "beside one writer");
        foreach (var (what, rates) in new[] { ("1", one), ($"{Writers} in one process", many), ($"{Writers} processes", mixed) })
        {
            table.AddRow(what, $"{Median(rates):0}", $"{Median(rates) / baseline:0.00}");
        }

        return table;
    }

    private static async Task<double> RateAsync(
        BlobServiceClient service,
        int processes,
        int tasks,
        TimeSpan time,
        CancellationToken cancellationToken
    )
    {
        var ledgers = Enumerable
            .Range(0, processes)
            .Select(_ => new SegmentedLedger(new BlobLedgerSegments(service, service, TimeProvider.System), new(), TimeProvider.System))
            .ToList();
        foreach (var ledger in ledgers)
        {
            // The first append of a process reads the end of the ledger.
            await AppendAsync(ledger, cancellationToken);
        }

        var watch = Stopwatch.StartNew();
        var counts = await Task.WhenAll(
            ledgers.SelectMany(ledger => Enumerable.Range(0, tasks).Select(_ => WriteAsync(ledger, watch, time, cancellationToken)))
        );
        ledgers.ForEach(l => l.Dispose());
        return counts.Sum() / watch.Elapsed.TotalSeconds;
    }

    private static async Task<int> WriteAsync(SegmentedLedger ledger, Stopwatch watch, TimeSpan time, CancellationToken cancellationToken)
    {
        var count = 0;
        do
        {
            try
            {
                await AppendAsync(ledger, cancellationToken);
                count++;
            }
            catch (Core.RetryLaterException)
            {
                // The app comes again later, so such an entry is none of this time.
            }
        } while (watch.Elapsed < time);

        return count;
    }

    private static Task AppendAsync(SegmentedLedger ledger, CancellationToken cancellationToken) =>
        ledger.AppendAsync(
            new(
                Guid.NewGuid().ToString(),
                "kind",
                "about",
                new Dictionary<string, string>(StringComparer.Ordinal) { ["fact"] = new('x', 200) }
            ),
            cancellationToken
        );

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
