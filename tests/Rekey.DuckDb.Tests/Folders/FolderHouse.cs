using Microsoft.Extensions.Time.Testing;
using Rekey.Detections;
using Rekey.Detections.Sweeps;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Folders;
using Rekey.DuckDb.Intake;
using Rekey.DuckDb.Tests.Detections;
using Rekey.DuckDb.Tests.Files;
using Rekey.Ledgers;
using Rekey.Ledgers.Segments;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Doubles.Storage;

namespace Rekey.DuckDb.Tests.Folders;

/// <summary>Two log folders, a clock, and the ledger that outlives every process.</summary>
internal sealed class FolderHouse : IDisposable
{
    private readonly TempFolder _folder = new();

    public FakeTimeProvider Time { get; } = new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public MemoryBlobs Blobs { get; } = new();

    /// <summary>Lines about batches.</summary>
    public IReadOnlyList<LedgerLine> Ledger
    {
        get
        {
            var verifier = new LedgerVerifier();
            return
            [
                .. Blobs
                    .Segments.SelectMany(s => verifier.Take(s.Bytes.ToArray()))
                    .Where(l => l.Entry.Kind is LedgerKinds.BatchJudged or LedgerKinds.BatchesAgain),
            ];
        }
    }

    /// <summary>Versions of files that are on record as judged.</summary>
    public IReadOnlyList<string> Judged =>
        [.. Ledger.Where(l => l.Entry.Kind == LedgerKinds.BatchJudged).SelectMany(l => l.Entry.Facts["files"].Split(' '))];

    public List<(string Stream, LogReading Reading)> Reports { get; } = [];

    public FolderLogOptions Options { get; }

    public FolderHouse()
    {
        Options = new()
        {
            IssuedFolder = _folder.File("issued"),
            AccessFolder = _folder.File("access"),
            QuarantineFolder = _folder.File("quarantine"),
            Engine = CaseEngine.Options,
        };
        Directory.CreateDirectory(Options.IssuedFolder);
        Directory.CreateDirectory(Options.AccessFolder);
    }

    /// <summary>A new process.</summary>
    public FolderTokenLog Start(Fate? fate = null)
    {
        var ledger = new SegmentedLedger(new MemorySegments(Blobs, fate ?? Fate.Immortal), new(), Time);
        return new(Options, new(ledger, new(ledger), Options), Time, (stream, reading) => Reports.Add((stream, reading)));
    }

    /// <summary>What a file in the access folder is called in the ledger.</summary>
    public string JudgedNameOf(string name) =>
        LogFile.Of(Path.Combine(Options.AccessFolder, name), Path.Combine(Options.AccessFolder, name)).File!.Judged(name);

    /// <summary>A file that was last written now.</summary>
    public string Write(string name, params IEnumerable<string> lines) =>
        Stamp(_folder.Write(name, string.Concat(lines.Select(l => l + "\n"))));

    public string Stamp(string path, TimeSpan age = default)
    {
        File.SetLastWriteTimeUtc(path, (Time.GetUtcNow() - age).UtcDateTime);
        return path;
    }

    /// <summary>Minutes until what was written has settled.</summary>
    public void Settle() => Time.Advance(Options.SettleTime);

    public IEnumerable<string> Quarantined =>
        Directory.Exists(Options.QuarantineFolder) ? Directory.EnumerateFiles(Options.QuarantineFolder!).SelectMany(File.ReadAllLines) : [];

    public static string Issue(string jti, string at = "11:50:00", string sub = "ann", long? sequence = null) =>
        $$"""
            {"TimeGenerated":"2026-03-01T{{at}}Z","Iss":"i","Jti":"{{jti}}","Sub":"{{sub}}","IssuerInstance":"pod",
            "Sequence":{{sequence?.ToString() ?? "null"}}}
            """.ReplaceLineEndings("");

    public static string Access(string jti, string at = "11:55:00", string sub = "ann", string ip = "192.0.2.1") =>
        $$"""{"TimeGenerated":"2026-03-01T{{at}}Z","Iss":"i","Jti":"{{jti}}","Sub":"{{sub}}","SrcIpAddr":"{{ip}}"}""";

    public static async Task<List<Sighting>> DetectAsync(
        ITokenLog log,
        SweepBatch batch,
        SweepParameters? parameters = null,
        string? only = null
    )
    {
        var found = new List<Sighting>();
        foreach (var detection in DetectionCatalog.LoadSql().Where(d => d.Yields is DetectionRows.Tokens && (only is null || d.Id == only)))
        {
            await foreach (var sighting in log.DetectAsync(detection, batch, parameters ?? CaseEngine.Usual, CancellationToken.None))
            {
                found.Add(sighting);
            }
        }

        return found;
    }

    public static async Task<List<Sighting>> DetectAgainAsync(
        ITokenLog log,
        string detection,
        IReadOnlyList<Sighting> seen,
        SweepParameters? parameters = null
    )
    {
        var found = new List<Sighting>();
        await foreach (
            var sighting in log.DetectAgainAsync(
                DetectionCatalog.LoadSql().Single(d => d.Id == detection),
                seen,
                parameters ?? CaseEngine.Usual,
                CancellationToken.None
            )
        )
        {
            found.Add(sighting);
        }

        return found;
    }

    /// <summary>A whole sweep by a process of its own; null when nothing has arrived.</summary>
    public async Task<List<Sighting>?> SweepAsync(SweepParameters? parameters = null)
    {
        using var log = Start();
        if (await log.NextAsync(CancellationToken.None) is not { } batch)
        {
            return null;
        }

        var found = await DetectAsync(log, batch, parameters);
        await log.CompleteAsync(batch, CancellationToken.None);
        return found;
    }

    public void Dispose() => _folder.Dispose();
}
