using System.Buffers.Text;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Rekey.Blocking;
using Rekey.Findings;
using Rekey.Functions.Blocking;
using Rekey.Functions.Trust;
using Rekey.Ledgers;
using Rekey.Rotations;
using Rekey.Trust;
using Spectre.Console;

namespace Rekey.Benchmarks;

/// <summary>What a gateway's question costs while a million tokens are blocked, out of a list that is generated in memory.</summary>
internal static class BlockedMillion
{
    private const int PerChange = 100;
    private const int Changes = 60;

    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    public static async Task<Table> RunAsync(Run run, CancellationToken cancel)
    {
        var blocked = run.Times(1_000_000, 20_000);
        var table = new Table().AddColumns($"{blocked:n0} blocked tokens", "bytes", "gzip", "time", "memory");
        var signer = new Signer();
        var documents = new Documents();

        // 1. The list as its publisher has it, and its signed documents.
        Console.Error.WriteLine("making the list");
        await PublishBaseAsync(documents, signer, blocked, table);
        var changes = await ChangesAsync(signer, blocked);
        await PublishAsync(documents, signer, changes);

        // 2. An instance opens it: every signature checked, every entry indexed.
        Console.Error.WriteLine("opening it");
        var before = Memory();
        using var ledger = new SegmentedLedger(new NoLedger(), new(), TimeProvider.System);
        using var views = new LedgerReader(ledger);
        var trust = new TrustLedger(ledger, views);
        var blocks = new BlockLedger(ledger, views);
        using var reader = new ReadBlocklist(blocks, new(null!, documents, new Silent(), TimeProvider.System));
        var standing = new LedgerStanding(trust, blocks, new(), TimeProvider.System, NullLogger<LedgerStanding>.Instance);
        var published = new PublishedBlocklist(standing, reader, documents, signer, new Estate("bench", []), new(), new Silent(), TimeProvider.System, NullLogger<PublishedBlocklist>.Instance);
        var watch = Stopwatch.StartNew();
        var cpu = Cpu();
        var view = await published.ViewAsync(cancel);
        table.AddRow("opened, checked and indexed by an instance", "", "", $"{watch.Elapsed.TotalSeconds:0.0} s, {(Cpu() - cpu).TotalSeconds:0.0} s of a core", Mb(Memory() - before));

        // 3. What gateways ask.
        foreach (var (name, since) in new (string, long?)[] { ("delta since the last change", Changes - 1), ($"delta since {Changes} changes ago", 0), ("nothing new", Changes), ("the whole list", null) })
        {
            before = Memory();
            watch.Restart();
            var plain = view.Published!.Replies.Get(view.Published, since, gzip: false);
            var packed = view.Published!.Replies.Get(view.Published, since, gzip: true);
            var first = watch.Elapsed;
            watch.Restart();
            for (var n = 0; n < 1000; n++)
            {
                view.Published!.Replies.Get(view.Published, since, gzip: true);
            }

            table.AddRow(name, $"{plain.Length:n0}", $"{packed.Length:n0}", $"{first.TotalMilliseconds:0.00} ms made once, {watch.Elapsed.TotalMicroseconds / 1000:0.00} µs from then on", Mb(Memory() - before));
        }

        // 4. The next change, and a token.
        var next = await SignAsync(BlockDocuments.Bytes(Change(blocked, Changes + 1, Hash(changes[^1]))), BlockDocuments.ChangeType, signer);
        await PublishAsync(documents, signer, [.. changes, next]);
        await Task.Delay(TimeSpan.FromSeconds(4.1), cancel);
        watch.Restart();
        view = await published.ViewAsync(cancel);
        table.AddRow("one more change taken up", "", "", Ms(watch), "");
        var tokens = Enumerable.Range(0, 100_000).Select(n => new TokenFacts(Issuer(n), $"jti-{n}", "s", "k", Now, Value(n % 2 == 0 ? n : -n))).ToList();
        watch.Restart();
        var found = tokens.Count(t => view.Index.Blocks(t, Now));
        table.AddRow($"asked about a token ({found} of {tokens.Count} blocked)", "", "", $"{watch.Elapsed.TotalMicroseconds / tokens.Count:0.00} µs", "");
        return table;
    }

    private static async Task PublishBaseAsync(Documents documents, Signer signer, int blocked, Table table)
    {
        var before = Memory();
        var parts = Parts(blocked);
        table.AddRow("entries in memory, with findings and kids", "", "", "", Mb(Memory() - before));
        var (watch, cpu, signed) = (Stopwatch.StartNew(), Cpu(), new List<string>(parts.Count));
        foreach (var part in parts)
        {
            signed.Add(await SignAsync(BlockDocuments.Bytes(part), BlockDocuments.BaseType, signer));
        }

        documents.Put(BlockDocuments.BaseName, new PublishedBase(0, signed).Bytes());
        table.AddRow($"base written and signed, {parts.Count} signatures", $"{documents.Length(BlockDocuments.BaseName):n0}", "", $"{watch.Elapsed.TotalSeconds:0.0} s, {(Cpu() - cpu).TotalSeconds:0.0} s of a core", "");
    }

    private static async Task PublishAsync(Documents documents, Signer signer, IReadOnlyList<string> changes)
    {
        var now = DateTimeOffset.UtcNow;
        var head = new BlockHead("bench", changes.Count, Hash(changes[^1]), now, now.AddHours(12));
        documents.Put(BlockDocuments.ChangesName, new PublishedChanges(changes.Count, 0, changes) { Head = await SignAsync(BlockDocuments.Bytes(head), BlockDocuments.HeadType, signer) }.Bytes());
    }

    private static TimeSpan Cpu() => Environment.CpuUsage.TotalTime;

    private static List<BlockBase> Parts(int blocked)
    {
        const int PerPart = 10_000;
        return [.. Enumerable.Range(0, blocked / PerPart).Select(p => new BlockBase("bench", 0, BlockChange.Origin, Now, p + 1, blocked / PerPart, [.. Enumerable.Range(p * PerPart, PerPart).Select(Entry)]))];
    }

    private static BlockEntry Entry(int n) =>
        new(BlockKind.SigningInput, Issuer(n), Value(n), IssuedBefore: null, DateTimeOffset.FromUnixTimeSeconds(Now.ToUnixTimeSeconds() + 3600 + (n % 3600)), "unissued", StableId.Of("finding", $"{n}")) { Kid = $"kid-{n % 50}" };

    private static string Issuer(int n) => $"https://login-{Math.Abs(n) % 3}.example";

    private static string Value(int n) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{n}")));

    private static BlockChange Change(int blocked, int number, string previous) => new("bench", number, previous, Now, [.. Enumerable.Range(blocked + (number * PerChange), PerChange).Select(Entry)], []);

    private static async Task<List<string>> ChangesAsync(Signer signer, int blocked)
    {
        var (made, previous) = (new List<string>(), BlockChange.Origin);
        for (var number = 1; number <= Changes; number++)
        {
            made.Add(await SignAsync(BlockDocuments.Bytes(Change(blocked, number, previous)), BlockDocuments.ChangeType, signer));
            previous = Hash(made[^1]);
        }

        return made;
    }

    private static string Hash(string jws) => BlockDocuments.Hash(Base64Url.DecodeFromChars(jws.Split('.')[1]));

    private static async Task<string> SignAsync(byte[] payload, string type, Signer signer) => Encoding.ASCII.GetString(await SignedDocument.SignAsync(signer, type, payload, CancellationToken.None));

    private static long Memory() => GC.GetTotalMemory(forceFullCollection: true);

    private static string Mb(long bytes) => $"{bytes / 1048576.0:0} MiB";

    private static string Ms(Stopwatch watch) => $"{watch.Elapsed.TotalMilliseconds:0.0} ms";

    /// <summary>Nothing is found here.</summary>
    private sealed class Silent : IFindings
    {
        public Task RaiseAsync(Finding finding, CancellationToken cancel) => throw new InvalidOperationException(finding.Title);

        public Task CloseAsync(string findingId, string because, CancellationToken cancel) => Task.CompletedTask;

        public Task CloseOthersAsync(string kind, string about, IReadOnlyCollection<string> seen, string because, CancellationToken cancel) => Task.CompletedTask;
    }

    /// <summary>A container in memory.</summary>
    private sealed class Documents : IDocuments
    {
        private readonly Dictionary<string, Document> _stored = new(StringComparer.Ordinal);

        public void Put(string name, byte[] content) => _stored[name] = new(content, Guid.NewGuid().ToString());

        public int Length(string name) => _stored[name].Content.Length;

        public Task<Document?> FindAsync(DocumentKind kind, Document? known, CancellationToken cancel)
        {
            var found = _stored.GetValueOrDefault(kind.Name);
            return Task.FromResult(found?.ETag == known?.ETag ? known : found);
        }

        public Task<Document?> PublishAsync(DocumentKind kind, ReadOnlyMemory<byte> content, string? replaces, CancellationToken cancel) => throw new NotSupportedException();
    }

    /// <summary>A ledger without a line.</summary>
    private sealed class NoLedger : ILedgerSegments
    {
        public Task<int> NewestAsync(CancellationToken cancel) => Task.FromResult(0);

        public Task<bool> CreateAsync(int segment, CancellationToken cancel) => throw new NotSupportedException();

        public Task<SegmentBytes?> ReadAsync(int segment, long offset, int atMost, CancellationToken cancel) => Task.FromResult<SegmentBytes?>(null);

        public Task<AppendOutcome> AppendAsync(int segment, ReadOnlyMemory<byte> block, long expectedLength, CancellationToken cancel) => throw new NotSupportedException();
    }

    /// <summary>A key in memory, in the vault's place.</summary>
    private sealed class Signer : IDocumentSigner
    {
        private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        public Task<(PublicJwk Key, string Algorithm)> DescribeAsync(CancellationToken cancel)
        {
            var q = _key.ExportParameters(includePrivateParameters: false).Q;
            return Task.FromResult((new PublicJwk("EC", "P-256", Base64Url.EncodeToString(q.X), Base64Url.EncodeToString(q.Y),
                modulus: null, exponent: null), "ES256"));
        }

        public Task<byte[]> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancel) =>
            Task.FromResult(_key.SignData(signingInput.Span, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }
}
