using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Rekey.Azure.Storage;
using Rekey.Benchmarks.Measuring;
using Rekey.Departures;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Ledgers.Segments;
using Rekey.Local.Replay;
using Rekey.Local.Worlds;
using Spectre.Console;

namespace Rekey.Benchmarks.Apps;

/// <summary>What a long ledger costs a start: until the first right answer of introspection, and until a departure has ended a stolen
/// key's trust.</summary>
internal static class LongLedger
{
    // As a busy company writes them: a departure is three lines of some twenty.
    private const int LinesADeparture = 20;

    public static async Task<Table> RunAsync(Run run, IReadOnlyList<int> lengths, CancellationToken cancellationToken)
    {
        var table = new Table().AddColumns(
            "lines",
            "ledger",
            "start",
            "introspection right after",
            "processor time until then",
            "departure after",
            "working set"
        );
        foreach (var length in lengths)
        {
            var keys = Enumerable.Range(0, 8).Select(i => new WorldKey($"key-{i}", BenchmarkCompany.PersonOf($"person {i}"))).ToList();
            var (world, rekey) = await BenchmarkCompany.StartAsync(keys, run.App, throttled: false, cancellationToken);
            await using var _ = world;
            await WriteAsync(world, length, cancellationToken);
            var bytes = await BytesAsync(world, cancellationToken);
            if (length > 0)
            {
                await AddAsync("no snapshot", keys[..3]);
                await SnapshotAsync(world, cancellationToken);
            }

            await AddAsync(length > 0 ? "from a snapshot" : "empty", keys[3..]);

            async Task AddAsync(string start, IReadOnlyList<WorldKey> of)
            {
                // Shown at once: a million lines take long, and a person may stop here.
                string[] row =
                [
                    $"{length:N0}",
                    $"{bytes / 1048576.0:0} MB",
                    start,
                    .. await MeasureAsync(world, rekey, of, start is "no snapshot", cancellationToken),
                ];
                Console.Error.WriteLine(string.Join(" | ", row));
                table.AddRow(row);
            }
        }

        return table;
    }

    private static async Task<string[]> MeasureAsync(
        World world,
        RekeyClient rekey,
        IReadOnlyList<WorldKey> keys,
        bool withoutSnapshots,
        CancellationToken cancellationToken
    )
    {
        var (introspections, processor, departures, memory) = (new List<double>(), new List<double>(), new List<double>(), 0.0);
        foreach (var key in keys)
        {
            var old = (await rekey.TrustListAsync(cancellationToken)).Keys.Single(e => e.IssuerName == key.Name);
            using var thief = new Attacker(key, old.Kid, (ECDsa)world.Vault.ExportPrivateKey(key.Name, old.Version));
            world.Graph.AddUser(new(key.Custodians[0], "leaver@contoso.example", "Leaver"));

            // 1. Restarted, and asked until it answers. The app may have kept a snapshot while the lines were written.
            if (withoutSnapshots)
            {
                await DeleteSnapshotsAsync(world, cancellationToken);
            }

            var watch = Stopwatch.StartNew();
            await world.Host.RestartWorkerAsync(cancellationToken);
            while (await ActiveAsync(rekey, thief, cancellationToken) is not true)
            {
                await Task.Delay(10, cancellationToken);
            }

            introspections.Add(watch.Elapsed.TotalSeconds);
            using (var started = Process.GetProcessById(world.Host.WorkerPid!.Value))
            {
                processor.Add(started.TotalProcessorTime.TotalSeconds);
            }

            // 2. Restarted again, and somebody leaves.
            if (withoutSnapshots)
            {
                await DeleteSnapshotsAsync(world, cancellationToken);
            }

            watch.Restart();
            await world.Host.RestartWorkerAsync(cancellationToken);
            await world.Graph.DisableAsync(key.Custodians[0]);
            while (await ActiveAsync(rekey, thief, cancellationToken) is not false)
            {
                await Task.Delay(10, cancellationToken);
            }

            departures.Add(watch.Elapsed.TotalSeconds);
            using var worker = Process.GetProcessById(world.Host.WorkerPid!.Value);
            memory = Math.Max(memory, worker.WorkingSet64 / 1048576.0);
        }

        return
        [
            .. new[] { introspections, processor, departures }.Select(all => $"{all.Order().ElementAt(all.Count / 2):0.00} s"),
            $"{memory:0} MiB",
        ];
    }

    private static async Task<bool?> ActiveAsync(RekeyClient rekey, Attacker thief, CancellationToken cancellationToken)
    {
        try
        {
            return (await rekey.IntrospectAsync(thief.Forge("customer"), cancellationToken)).GetProperty("active").GetBoolean();
        }
        catch (Exception e) when (e is HttpRequestException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Lines of people whom no key of this company has anything to do with.</summary>
    private static async Task WriteAsync(World world, int lines, CancellationToken cancellationToken)
    {
        var service = new BlobServiceClient(world.EvidenceConnection);
        using var ledger = new SegmentedLedger(new BlobLedgerSegments(service, service, TimeProvider.System), new(), TimeProvider.System);
        using var reader = new LedgerReader(ledger);
        var departures = new LedgerRecords<Departure>(ledger, reader, rows: null);
        var many = Math.Max(1, lines / LinesADeparture);
        for (var from = 0; from < lines / LinesADeparture; from += 1_000)
        {
            await Task.WhenAll(
                Enumerable.Range(from, Math.Min(1_000, many - from)).Select(n => LeaveAsync(ledger, departures, n, cancellationToken))
            );
        }
    }

    private static async Task LeaveAsync(ILedger ledger, LedgerRecords<Departure> departures, int n, CancellationToken cancellationToken)
    {
        var at = DateTimeOffset.UtcNow - TimeSpan.FromDays(400) + TimeSpan.FromMinutes(n);
        var person = BenchmarkCompany.PersonOf(n.ToString(CultureInfo.InvariantCulture));
        var departure = new Departure("5b0b1a4e-0000-4000-8000-000000000001", person, Epoch: 1, at, at)
        {
            Confirmed = true,
            AssessedAt = at,
            SettledAt = at,
        };
        await departures.InsertAsync(departure, cancellationToken);
        await Task.WhenAll(
            Enumerable
                .Range(1, LinesADeparture - 1)
                .Select(i =>
                    ledger.AppendAsync(
                        new(
                            $"{LedgerKinds.InputDeadLettered}/{n}/{i}",
                            LedgerKinds.InputDeadLettered,
                            person,
                            new Dictionary<string, string>(StringComparer.Ordinal)
                            {
                                ["function"] = "UserChanged",
                                ["letter"] = $"{n}/{i}",
                                ["reason"] = "not-a-change",
                                ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(BitConverter.GetBytes(n))),
                                ["what"] =
                                    "A line as long as most lines are: some three hundred bytes, of which this sentence makes up a "
                                    + "good part.",
                            }
                        ),
                        cancellationToken
                    )
                )
        );
    }

    private static async Task<long> BytesAsync(World world, CancellationToken cancellationToken)
    {
        var bytes = 0L;
        await foreach (
            var blob in new BlobServiceClient(world.EvidenceConnection)
                .GetBlobContainerClient(BlobLedgerSegments.Container)
                .GetBlobsAsync(new GetBlobsOptions(), cancellationToken)
        )
        {
            bytes += blob.Properties.ContentLength ?? 0;
        }

        return bytes;
    }

    private static async Task DeleteSnapshotsAsync(World world, CancellationToken cancellationToken)
    {
        var container = new BlobServiceClient(world.EvidenceConnection).GetBlobContainerClient(BlobSnapshots.Container);
        if (await container.ExistsAsync(cancellationToken))
        {
            await foreach (var blob in container.GetBlobsAsync(new GetBlobsOptions(), cancellationToken))
            {
                await container.DeleteBlobAsync(blob.Name, cancellationToken: cancellationToken);
            }
        }
    }

    /// <summary>Waits for the snapshot that the app makes of all these lines: its first run without one makes one.</summary>
    private static async Task SnapshotAsync(World world, CancellationToken cancellationToken)
    {
        await DeleteSnapshotsAsync(world, cancellationToken);
        await world.Host.RestartWorkerAsync(cancellationToken);
        var container = new BlobServiceClient(world.EvidenceConnection).GetBlobContainerClient(BlobSnapshots.Container);
        while (
            !await container.ExistsAsync(cancellationToken)
            || !await container.GetBlobsAsync(new GetBlobsOptions(), cancellationToken).AnyAsync(cancellationToken)
        )
        {
            await Task.Delay(1_000, cancellationToken);
        }
    }
}
