using System.Diagnostics;
using System.Globalization;
using Rekey.Benchmarks.Measuring;
using Rekey.DuckDb.Audit;
using Rekey.DuckDb.Folders;
using Rekey.Trust;
using Spectre.Console;

namespace Rekey.Benchmarks.Logs;

/// <summary>
/// The audit log of a generated tenant (10,000 people, 40 vaults, 2,000 keys, 5 million rows), asked about one person and about everyone,
/// beside one bare scan of the same files; at a tenth and at twice the size too. Every answer is held to the known truth.
/// </summary>
internal static class AuditedExposure
{
    private const int People = 10_000;
    private const int Vaults = 40;
    private const int KeysOfVault = 50;
    private const int RowsOfFile = 250_000;

    /// <summary>Each row is by a program, but every hundredth is by a person.</summary>
    private const int RowsOfPerson = 100;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly IReadOnlyList<SigningKey> Keys =
    [
        .. Enumerable.Range(0, Vaults * KeysOfVault).Select(k => new SigningKey(new($"https://{VaultOf(k)}"), NameOf(k))),
    ];

    public static async Task<Table> RunAsync(Run run, CancellationToken cancellationToken)
    {
        var rows = run.Times(5_000_000, 50_000);
        var table = new Table().AddColumns("rows", "bare scan", "one person", "times", "everyone", "times", "silences", "memory");
        foreach (var size in new[] { rows / 10, rows, rows * 2 })
        {
            table.AddRow(await MeasureAsync(size, cancellationToken));
        }

        return table;
    }

    private static async Task<string[]> MeasureAsync(int rows, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("rekey-exposure-bench-").FullName;
        try
        {
            // 1. The log, and what it must show.
            var audit = Directory.CreateDirectory(Path.Combine(folder, "audit")).FullName;
            var truth = await WriteAsync(audit, rows, cancellationToken);
            var log = new FolderAuditLog(new FolderLogOptions { AuditFolder = audit });

            // 2. A bare scan: every line is parsed once, and one member is read.
            var scan = Stopwatch.StartNew();
            using (var duck = BareDuckDb.Open(Path.Combine(folder, "spill"), "1200000000"))
            {
                BareDuckDb.Execute(
                    duck,
                    $"SELECT count(json_extract_string(json, '$.operationName')) FROM read_ndjson_objects('{audit}/*.json')"
                );
            }

            var bare = scan.Elapsed;

            // 3. The questions.
            var watch = Stopwatch.StartNew();
            var one = await log.UsesAsync(new(Keys, [PersonOf(0)], Start), cancellationToken);
            var ofOne = watch.Elapsed;
            Check(one.Rows.Select(u => $"{u.Vault}/{u.Name}").ToHashSet(StringComparer.Ordinal), truth[PersonOf(0)]);
            watch.Restart();
            var all = await log.UsesAsync(new(Keys, Principals: null, Start), cancellationToken);
            var ofAll = watch.Elapsed;
            foreach (var person in all.Rows.Where(u => u.IsPerson).GroupBy(u => u.Oid, StringComparer.Ordinal))
            {
                Check(person.Select(u => $"{u.Vault}/{u.Name}").ToHashSet(StringComparer.Ordinal), truth[person.Key]);
            }

            watch.Restart();
            await log.SilencesAsync([.. Enumerable.Range(0, Vaults).Select(VaultOf)], Start, TimeSpan.FromHours(2), cancellationToken);
            return
            [
                $"{rows:n0}",
                Seconds(bare),
                Seconds(ofOne),
                $"{ofOne / bare:0.0}",
                Seconds(ofAll),
                $"{ofAll / bare:0.0}",
                Seconds(watch.Elapsed),
                $"{Process.GetCurrentProcess().PeakWorkingSet64 / 1048576:n0} MiB",
            ];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<IReadOnlyDictionary<string, HashSet<string>>> WriteAsync(
        string folder,
        int rows,
        CancellationToken cancellationToken
    )
    {
        var truth = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        for (var from = 0; from < rows; from += RowsOfFile)
        {
            await using var file = new StreamWriter(Path.Combine(folder, $"{from:D9}.json"));
            for (var n = from; n < Math.Min(from + RowsOfFile, rows); n++)
            {
                var isPerson = n % RowsOfPerson == 0;
                var key = (int)(n * 7919L % Keys.Count);
                var (oid, status) = (isPerson ? PersonOf(n / RowsOfPerson % People) : ProgramOf(key), n % 13 == 5 ? 403 : 200);
                await file.WriteLineAsync(LineOf(n, key, oid, isPerson, status).AsMemory(), cancellationToken);
                if (isPerson && status == 200)
                {
                    if (!truth.TryGetValue(oid, out var keys))
                    {
                        truth[oid] = keys = new(StringComparer.Ordinal);
                    }

                    keys.Add($"{VaultOf(key)}/{NameOf(key)}");
                }
            }
        }

        return truth;
    }

    private static string LineOf(int n, int key, string oid, bool isPerson, int status) =>
        string.Create(
                CultureInfo.InvariantCulture,
                $$$"""
                {"time":"{{{Start.AddSeconds(n):yyyy-MM-ddTHH:mm:ssZ}}}","operationName":"KeySign","category":"AuditEvent",
                 "resultType":"Success","correlationId":"{{{n}}}","identity":{"claim":{"oid":"{{{oid}}}",
                 {{{(isPerson ? "\"upn\":\"p@demo.example\"" : "\"idtyp\":\"app\"")}}}}},"properties":{"httpStatusCode":{{{status}}},
                 "id":"https://{{{VaultOf(key)}}}/keys/{{{NameOf(key)}}}/0123456789abcdef0123456789abcdef"}}
                """
            )
            .ReplaceLineEndings("");

    private static string VaultOf(int key) => $"kv-{key % Vaults}.vault.azure.net";

    private static string NameOf(int key) => $"key-{key}";

    private static string PersonOf(int person) => $"person-{person}";

    private static string ProgramOf(int key) => $"program-{key % 200}";

    private static string Seconds(TimeSpan time) => $"{time.TotalSeconds:0.00} s";

    private static void Check(IReadOnlySet<string> found, IReadOnlySet<string> truth)
    {
        if (!found.SetEquals(truth))
        {
            throw new InvalidOperationException($"The audit log shows {truth.Count} keys, and {found.Count} were found.");
        }
    }
}
