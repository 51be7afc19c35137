using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Rekey.Benchmarks.Gateways;
using Rekey.Benchmarks.Measuring;
using Rekey.Blocking;
using Rekey.Blocking.Publishing;
using Rekey.Core;
using Rekey.Functions.Trust;
using Rekey.Ledgers.Forks;
using Rekey.Trust;
using Rekey.Trust.Documents;
using Spectre.Console;

namespace Rekey.Benchmarks;

/// <summary>What a blocklist costs by its length: the signed document, to make it, to open it, and to ask about a token.</summary>
internal static class BlocklistSizes
{
    private const int Asked = 100_000;

    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    public static async Task<Table> RunAsync(Run run, CancellationToken cancellationToken)
    {
        var sign = new SignBlocklist(new BenchmarkSigner(), new GovernedKeys("bench", []), new(), TimeProvider.System);

        // The first one is for the compiler.
        await MeasureAsync(sign, 100, cancellationToken);
        int[] sizes = [1_000, 10_000, run.Times(100_000, 20_000)];
        var table = new Table().AddColumns(["entries", .. sizes.Select(s => $"{s:n0}")]);
        var columns = new List<string[]>();
        foreach (var entries in sizes)
        {
            columns.Add(await MeasureAsync(sign, entries, cancellationToken));
        }

        string[] rows = ["document", "signed", "gzip", "made and signed", "checked and opened", "packed", "asked about a token", "memory"];
        for (var row = 0; row < rows.Length; row++)
        {
            table.AddRow([rows[row], .. columns.Select(c => c[row])]);
        }

        return table;
    }

    private static async Task<string[]> MeasureAsync(SignBlocklist sign, int entries, CancellationToken cancellationToken)
    {
        // 1. A change makes the whole list anew: document, hash, signature.
        var made = Enumerable.Range(0, entries).Select(Entry).ToList();
        var watch = Stopwatch.StartNew();
        var list = new Blocklist(1, made);
        var (document, hash) = (BlockDocuments.Bytes(list), list.Sha256);
        var (_, signed) = await sign.SignAsync(list, LineHashes.None, acceptedNumber: 0, cancellationToken);
        var making = watch.Elapsed;

        // 2. An instance checks and opens it.
        var before = GC.GetTotalMemory(forceFullCollection: true);
        watch.Restart();
        var opened = (await sign.OpenAsync(new Document(signed, "1"), cancellationToken))!.List;
        var opening = watch.Elapsed;
        var memory = GC.GetTotalMemory(forceFullCollection: true) - before;
        if (opened.Sha256 != hash)
        {
            throw new InvalidOperationException("It is another list.");
        }

        // 3. Gateways fetch it, packed once.
        var served = new ServedDocument(signed);
        watch.Restart();
        var packed = served.Packed.Length;
        var packing = watch.Elapsed;

        // 4. A token, every second one blocked.
        var tokens = Enumerable
            .Range(0, Asked)
            .Select(n => new TokenFacts(Issuer(n), $"jti-{n}", "s", "k", Now, Value(n % 2 == 0 ? n % entries : -n - 1)))
            .ToList();
        watch.Restart();
        var found = tokens.Count(t => opened.Blocks(t, Now));
        var asking = watch.Elapsed;
        if (found == 0)
        {
            throw new InvalidOperationException("Nothing is blocked.");
        }

        return
        [
            $"{document.Length:n0}",
            $"{signed.Length:n0}",
            $"{packed:n0}",
            Ms(making),
            Ms(opening),
            Ms(packing),
            $"{asking.TotalMicroseconds / Asked:0.00} µs",
            $"{memory / 1048576.0:0.0} MiB",
        ];
    }

    private static BlockEntry Entry(int n) =>
        new(
            BlockKind.SigningInput,
            Issuer(n),
            Value(n),
            IssuedBefore: null,
            DateTimeOffset.FromUnixTimeSeconds(Now.ToUnixTimeSeconds() + 3600 + (n % 3600)),
            "unissued",
            StableId.Of("finding", $"{n}")
        )
        {
            Kid = $"kid-{n % 50}",
        };

    private static string Issuer(int n) => $"https://login-{Math.Abs(n) % 3}.example";

    private static string Value(int n) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{n}")));

    private static string Ms(TimeSpan time) => $"{time.TotalMilliseconds:0.0} ms";
}
