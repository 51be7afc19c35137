using System.Text.Json.Nodes;
using Rekey.Detections;
using Rekey.Detections.Gaps;
using Rekey.Detections.Issuances;
using Rekey.Detections.Sweeps;
using Rekey.Ledgers.Segments;
using Rekey.Rotations;
using Rekey.Rotations.Steps.Draining;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Doubles.Queues;
using Rekey.Tests.Doubles.Storage;
using Rekey.Trust;
using Rekey.Trust.History;

namespace Rekey.DuckDb.Tests.Folders;

/// <summary>When an issuer last issued, by its files, and whether a version still signs.</summary>
public sealed class FolderIssuancesTests : IDisposable
{
    private const string Old = "old-kid";
    private const string New = "new-kid";
    private const string Iss = "https://login.example";

    private static readonly SigningKey Key = new(new("https://kv-prod-01.vault.azure.net"), "issuer-1");

    private readonly FolderHouse _house = new();
    private readonly SweepOptions _sweeps = new();
    private readonly RotationOptions _rotations = new();
    private readonly MemoryTable<InstanceGaps> _gaps = new();

    private DateTimeOffset Now => _house.Time.GetUtcNow();

    public void Dispose() => _house.Dispose();

    [Fact]
    public async Task It_is_read_by_kid_from_all_files_of_that_time()
    {
        _house.Write("issued/a.ndjson", Line(-50, Old), Line(-30, Old), Line(-20, kid: null), Line(-5, Old, iss: "other"));
        _house.Write("issued/b.ndjson", Line(-40, New), Line(-10, "unknown"));
        using var log = _house.Start();
        Assert.Equal(new(At(-30), At(-20), At(-10)), await AskAsync(Iss, -45, Old));
        Assert.Equal(new(At(-30), At(-20), At(-10)), await AskAsync(Iss, -30, New, Old));
        Assert.Equal(new(null, null, At(-10)), await AskAsync(Iss, -19, New, Old));
        Assert.Equal(new(null, null, null), await AskAsync("nobody", -45, Old));

        Task<LastIssuances> AskAsync(string iss, int since, params string[] kids) => log.LastIssuancesAsync(iss, kids, At(since), default);
    }

    /// <summary>A clock that is years ahead wrote one line: the issuer is not heard for years because of it.</summary>
    [Fact]
    public async Task A_line_of_the_far_future_is_a_use_and_no_sign_that_the_issuer_logs()
    {
        const int Year = 365 * 24 * 60;
        _house.Write("issued/a.ndjson", Line(Year, Old), Line(Year, kid: null, sequence: 1), Line(-10, New));
        using var log = _house.Start();
        Assert.Equal(new(At(Year), At(Year), At(-10)), await log.LastIssuancesAsync(Iss, [Old], At(-45), default));
        Assert.Equal(new(At(Year), At(Year), null), await log.LastIssuancesAsync(Iss, [Old], At(-9), default));
    }

    [Theory]
    [InlineData("issued/broken.parquet")]
    [InlineData("issued/broken.ndjson.gz")]
    public async Task With_a_file_that_cannot_be_read_the_log_is_not_whole(string broken)
    {
        _house.Write("issued/a.ndjson", Line(-5, New));
        _house.Write(broken, "neither of these");
        using var log = _house.Start();
        var read = await log.LastIssuancesAsync(Iss, [Old], Now.AddMinutes(-90), default);
        Assert.False(read.IsWhole);
        Assert.NotNull(read.OfIssuer);
    }

    [Fact]
    public async Task With_a_line_that_cannot_be_read_the_log_is_not_whole()
    {
        _house.Write("issued/a.ndjson", Line(-5, New), "{ half a line");
        using var log = _house.Start();
        Assert.False((await log.LastIssuancesAsync(Iss, [Old], Now.AddMinutes(-90), default)).IsWhole);
    }

    [Fact]
    public async Task Every_process_knows_how_far_sweeps_are()
    {
        using var log = _house.Start();
        Assert.Null(await log.JudgedUntilAsync(default));
        _house.Write("access/a.ndjson", FolderHouse.Access("a"));
        _house.Settle();
        var until = Now - _house.Options.SettleTime;
        await _house.SweepAsync();
        _house.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Null(await _house.SweepAsync());
        using var other = _house.Start();
        Assert.Equal(until, await log.JudgedUntilAsync(default));
        Assert.Equal(until, await other.JudgedUntilAsync(default));
    }

    [Theory]
    [InlineData(New, null, SigningActivity.None)]
    [InlineData(Old, null, SigningActivity.Some)]
    [InlineData(New, 8, SigningActivity.Unknown)]
    public async Task A_version_is_unused_when_files_without_a_gap_do_not_name_it(string kid, int? without, SigningActivity expected)
    {
        _house.Options.SettleTime = _sweeps.SettleTime;
        var lines = Enumerable.Range(0, 10).Where(n => n != without).Select(n => Line((n * 5) - 45, n < 2 ? Old : kid, n));
        _house.Write("issued/a.ndjson", lines);
        _house.Write("access/a.ndjson", $$"""{"TimeGenerated":"{{Now.AddMinutes(-3):O}}","Iss":"{{Iss}}","Jti":"j-9"}""");
        _house.Settle();
        _house.Write("issued/b.ndjson", Enumerable.Range(10, 3).Select(n => Line((n * 5) - 60, kid, n)));

        using var log = _house.Start();
        var ledger = new SegmentedLedger(new MemorySegments(_house.Blobs, Fate.Immortal), new(), _house.Time);
        var gaps = new MemoryRecords<InstanceGaps>(_gaps, Fate.Immortal);
        var trustLedger = new TrustLedger(ledger, new(ledger));
        await trustLedger.TrustAsync(Key, "v1", Old, Now.AddDays(-90), "baseline/1", default);
        var batch = (await log.NextAsync(default))!;
        await new WatchGaps(log, gaps, new MemoryFindings().For(Fate.Immortal), _sweeps, new(), _house.Time).RunAsync(
            DetectionCatalog.LoadSql(),
            batch,
            _sweeps.ToParameters(new(), []),
            default
        );
        await log.CompleteAsync(batch, default);

        var governedKeys = new GovernedKeys("prod", [new(Key, new() { Name = "login", Issuer = Iss })]);
        var issuances = new LoggedIssuances(log, gaps, trustLedger, governedKeys, _rotations, _sweeps, _house.Time);
        Assert.Equal(expected, await issuances.SinceAsync(Key, ["v1"], Now - (2 * _rotations.LogLag), default));
    }

    private DateTimeOffset At(int minutes) => Now.AddMinutes(minutes);

    private string Line(int minutes, string? kid, int? sequence = null, string iss = Iss) =>
        new JsonObject
        {
            ["TimeGenerated"] = At(minutes).ToString("O"),
            ["Iss"] = iss,
            ["Jti"] = $"j-{sequence ?? minutes}",
            ["IssuerInstance"] = "pod",
            ["Sequence"] = sequence,
            ["Kid"] = kid,
        }.ToJsonString();
}
