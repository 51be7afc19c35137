using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Rekey.Cli.Tests.Support;
using Rekey.Compliance;
using Rekey.Compliance.Exports;
using Rekey.Ledgers;
using Rekey.Ledgers.Segments;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Doubles.Storage;
using Rekey.Trust.Documents;

namespace Rekey.Cli.Tests.Ledgers;

/// <summary>A ledger that the real writer wrote, in three segments with two checkpoints, as files.</summary>
internal sealed class ExportFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public DocumentSigner Signer { get; } = new();

    public string Path => _folder["export"];

    public string Key => _folder["checkpoint.pem"];

    public string this[string file] => System.IO.Path.Combine([Path, .. file.Split('/')]);

    public static async Task<ExportFolder> MakeAsync()
    {
        var made = new ExportFolder();
        var blobs = new MemoryBlobs();
        var clock = new FakeTimeProvider(new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
        using var ledger = new SegmentedLedger(new MemorySegments(blobs, Fate.Immortal), new() { BlocksPerSegment = 4 }, clock);
        for (var n = 1; n <= 5; n++)
        {
            clock.Advance(TimeSpan.FromMinutes(10));
            await ledger.AppendAsync(Entry($"departure/{n}", LedgerKinds.LedgerOpened, $"person/{n}"), default);
        }

        // One checkpoint in a file and in a line, and one at the last line.
        var head = await ledger.HeadAsync(default);
        var first = await made.SignAsync(head, clock);
        await ledger.AppendAsync(
            Entry("checkpointed", LedgerKinds.LedgerCheckpointed, "prod", ("checkpoint", Encoding.ASCII.GetString(first))),
            default
        );
        await ledger.AppendAsync(Entry("later", "kind", "about"), default);
        await made.SignAsync(await ledger.HeadAsync(default), clock);
        await made.WriteAsync(blobs);
        Assert.True(blobs.Segments.Count >= 3);
        return made;
    }

    /// <summary>The ledger of a company, with a checkpoint of its last line.</summary>
    public static async Task<ExportFolder> OfAsync(Company company)
    {
        var made = new ExportFolder();
        await made.SignAsync(await company.NewProcess().Ledger.HeadAsync(default), company.Clock);
        await made.WriteAsync(company.Blobs);
        return made;
    }

    /// <summary>Signs a checkpoint of a head into its file.</summary>
    public async Task<byte[]> SignAsync(LedgerHead head, TimeProvider timeProvider, string environment = "prod")
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(
            new LedgerCheckpoint(environment, head.Lines, head.Hash, timeProvider.GetUtcNow())
        );
        var document = await SignedDocument.SignAsync(Signer, LedgerCheckpoint.Type, payload, default);
        Directory.CreateDirectory(this["checkpoints"]);
        await File.WriteAllBytesAsync(this[$"checkpoints/{CheckpointName.Of(head.Lines)}"], document);
        return document;
    }

    /// <summary>Signs the acceptance of a ledger with this last line into its file.</summary>
    public async Task AcceptAsync(LedgerMark seen, DateTimeOffset at, DocumentSigner? by = null)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(new LedgerCheckpoint("prod", seen.Count, seen.Hash, at) { Decision = "xRk3" });
        var document = await SignedDocument.SignAsync(by ?? Signer, LedgerCheckpoint.AcceptanceType, payload, default);
        await File.WriteAllBytesAsync(this[$"checkpoints/{CheckpointName.OfAcceptance("xRk3")}"], document);
    }

    private async Task WriteAsync(MemoryBlobs blobs)
    {
        Directory.CreateDirectory(this["ledger"]);
        for (var segment = 1; segment <= blobs.Segments.Count; segment++)
        {
            await File.WriteAllBytesAsync(this[$"ledger/{SegmentName.Of(segment)}"], [.. blobs.Segments[segment - 1].Bytes]);
        }

        await File.WriteAllTextAsync(Key, Signer.Key.ExportSubjectPublicKeyInfoPem());
    }

    public string[] Files() => Directory.GetFiles(Path, "*", SearchOption.AllDirectories);

    /// <summary>Changes the lines of a segment's file.</summary>
    public void Edit(string file, Func<List<string>, IEnumerable<string>> edit)
    {
        var lines = File.ReadAllText(this[file]).TrimEnd('\n').Split('\n').ToList();
        File.WriteAllText(this[file], string.Concat(edit(lines).Select(l => l + "\n")));
    }

    public Task<ExportResult> VerifyAsync() =>
        new VerifyExport(new ExportedLedger(Path), Signer.Public, "ES256", _ => { }).RunAsync(TestContext.Current.CancellationToken);

    public Task<ToolRun> RunAsync(params string[] more) => Tool.RunAsync(["ledger", "verify", Path, "--key", Key, .. more]);

    public void Dispose()
    {
        _folder.Dispose();
        Signer.Key.Dispose();
    }

    private static LedgerEntry Entry(string id, string kind, string about, params (string Name, string Value)[] facts) =>
        new(id, kind, about, facts.ToDictionary(f => f.Name, f => f.Value, StringComparer.Ordinal));
}
