using CsCheck;
using Rekey.Core;
using Rekey.Detections;
using Rekey.Detections.Gaps;
using Rekey.Detections.Sweeps;
using Rekey.DuckDb.Intake;
using Rekey.DuckDb.Tests.Folders;
using Rekey.Tests.Support;
using static Rekey.DuckDb.Tests.Folders.FolderHouse;

namespace Rekey.DuckDb.Tests.Detections;

/// <summary>Whoever forges a token writes any <c>iat</c>: it widens no join, and honest tokens that had long expired when they were
/// accepted are found to be issued all the same.</summary>
public sealed class SqlOutlivedTests : IDisposable
{
    private readonly FolderHouse _house = new();

    public void Dispose() => _house.Dispose();

    private DateTimeOffset Now => _house.Time.GetUtcNow();

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'");

    private static string Accepted(string jti, DateTimeOffset? iat, DateTimeOffset at, string ip = "192.0.2.1") =>
        $$"""
            {"TimeGenerated":"{{Text(at)}}","Iss":"i","Jti":"{{jti}}","Sub":"ann",
            "IssuedAt":{{(iat is { } t ? $"\"{Text(t)}\"" : "null")}},"SrcIpAddr":"{{ip}}"}
            """.ReplaceLineEndings("");

    private static string Minted(string jti, DateTimeOffset at, string sub = "ann", long? sequence = null) =>
        $$"""
            {"TimeGenerated":"{{Text(at)}}","Iss":"i","Jti":"{{jti}}","Sub":"{{sub}}","IssuedAt":"{{Text(at)}}","IssuerInstance":"pod",
            "Sequence":{{sequence?.ToString() ?? "null"}}}
            """.ReplaceLineEndings("");

    private async Task<(SweepBatch Batch, List<Sighting> Found)> DetectAsync(params string[] only)
    {
        using var log = _house.Start();
        var batch = (await log.NextAsync(CancellationToken.None))!;
        var found = new List<Sighting>();
        foreach (var detection in only)
        {
            found.AddRange(await FolderHouse.DetectAsync(log, batch, only: detection));
        }

        return (batch, found);
    }

    private IEnumerable<LogReading> Read(string stream) => _house.Reports.Where(r => r.Stream == stream).Select(r => r.Reading);

    [Fact]
    public async Task An_expired_token_that_a_gateway_takes_is_out_of_its_window_and_not_unissued()
    {
        _house.Stamp(
            _house.Write(
                "issued/old.ndjson",
                Minted("old", Now.AddDays(-9)),
                Minted("changed", Now.AddDays(-9), sub: "bob"),
                Minted("other", Now.AddDays(-9))
            ),
            TimeSpan.FromDays(9)
        );
        _house.Write("issued/new.ndjson", Issue("good"));
        _house.Write(
            "access/a.ndjson",
            Access("good"),
            Accepted("old", Now.AddDays(-9), Now.AddMinutes(-2)),
            Accepted("changed", Now.AddDays(-9), Now.AddMinutes(-2)),
            Accepted("forged", Now.AddDays(-9), Now.AddMinutes(-2))
        );
        _house.Settle();

        var (batch, found) = await DetectAsync("unissued", "altered");

        Assert.Equal([("changed", Verdict.Altered), ("forged", Verdict.Unissued)], found.Select(s => (s.Token.Jti!, s.Verdict)).Order());
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 11, 55, 0, TimeSpan.Zero), batch.EarliestEvent);

        // The old file is no part of what is joined.
        Assert.Equal(1, Read(LogViews.TokenIssuanceName).Single().Files);
        Assert.Equal(2, Read($"{LogViews.TokenIssuanceName}, looked up").Single().Rows);
    }

    [Fact]
    public async Task Judged_again_it_is_the_same()
    {
        _house.Stamp(
            _house.Write("issued/old.ndjson", Minted("old", Now.AddDays(-9)), Minted("changed", Now.AddDays(-9), sub: "bob")),
            TimeSpan.FromDays(9)
        );
        using var log = _house.Start();
        Sighting Seen(string jti) =>
            new(
                Verdict.Unissued,
                new("i", jti, null, "ann", null, Now.AddDays(-9), null, null, null, null),
                "192.0.2.1",
                Now.AddMinutes(-2),
                Now,
                2
            );
        Sighting[] seen = [Seen("old"), Seen("changed"), Seen("forged")];

        Assert.Equal(["forged"], (await DetectAgainAsync(log, "unissued", seen)).Select(s => s.Token.Jti));
        Assert.Equal(["changed"], (await DetectAgainAsync(log, "altered", seen)).Select(s => s.Token.Jti));
        Assert.Single(Read($"{LogViews.TokenIssuanceName}, looked up"));

        // Others are looked up anew, and the session stays.
        Assert.Empty(await DetectAgainAsync(log, "unissued", [Seen("old")]));
        Assert.Equal(["forged"], (await DetectAgainAsync(log, "unissued", [Seen("forged")])).Select(s => s.Token.Jti));
        Assert.Single(Read(LogViews.TokenIssuanceName));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Judged_again_hexadecimal_digits_are_alike_in_either_case(bool isSeenLarge, bool isIssuedLarge)
    {
        var hash = StableId.HexOf("input", "1");
        _house.Write(
            "issued/new.ndjson",
            Minted("good", Now.AddMinutes(-5))
                .Replace(
                    "\"Jti\"",
                    $"\"SigningInputSha256\":\"{(isIssuedLarge ? hash.ToUpperInvariant() : hash)}\",\"Jti\"",
                    StringComparison.Ordinal
                )
        );
        using var log = _house.Start();
        Sighting Seen(string jti) =>
            new(
                Verdict.Unissued,
                new("i", jti, null, "ann", null, Now.AddMinutes(-5), null, isSeenLarge ? hash.ToUpperInvariant() : hash, null, null),
                "192.0.2.1",
                Now.AddMinutes(-2),
                Now,
                2
            );

        Assert.Empty(await DetectAgainAsync(log, "altered", [Seen("good")]));
        Assert.Equal([Seen("forged")], await DetectAgainAsync(log, "unissued", [Seen("good"), Seen("forged")]));
        Assert.Equal(hash, Seen("forged").Token.SigningInputSha256);
    }

    [Fact]
    public async Task Its_earlier_accesses_count_as_its_own_and_its_old_lines_are_no_edges_of_holes()
    {
        _house.Stamp(_house.Write("issued/old.ndjson", Minted("old", Now.AddDays(-9), sequence: 1)), TimeSpan.FromDays(9));
        _house.Write("issued/new.ndjson", Issue("good", sequence: 900), Issue("good", "11:58:00", sequence: 901));
        var networks = new List<int>();
        foreach (var day in Enumerable.Range(1, 4))
        {
            _house.Write(
                $"access/{day}.ndjson",
                Accepted("old", new(2026, 2, 20, 12, 0, 0, TimeSpan.Zero), Now.AddMinutes(-2), $"198.51.{day}.1")
            );
            _house.Settle();
            using var log = _house.Start();
            var batch = (await log.NextAsync(CancellationToken.None))!;
            networks.Add((await FolderHouse.DetectAsync(log, batch, only: "shared")).Count);
            Assert.Equal([], await GapsAsync(log, batch));
            await log.CompleteAsync(batch, CancellationToken.None);
            _house.Time.Advance(TimeSpan.FromDays(1));
        }

        Assert.Equal([0, 0, 0, 4], networks);
    }

    /// <summary>Gaps are looked for twice as far back as tokens: the line before a hole is older than the tokens that it hides.</summary>
    [Fact]
    public async Task A_hole_is_seen_though_the_line_before_it_is_older_than_any_token()
    {
        _house.Write("issued/a.ndjson", Issue("before", "10:00:00", sequence: 100), Issue("behind", "11:00:00", sequence: 104));
        _house.Write("access/a.ndjson", Access("hidden", "11:10:00"));
        _house.Settle();
        using var log = _house.Start();
        var batch = (await log.NextAsync(CancellationToken.None))!;

        var gap = Assert.Single(await GapsAsync(log, batch));
        Assert.Equal((new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero), 3), (gap.From, gap.Missing));
        Assert.Equal(["hidden"], (await FolderHouse.DetectAsync(log, batch, only: "unissued")).Select(s => s.Token.Jti));

        // The same when silence must be kept in sight.
        Assert.Single(await GapsAsync(log, batch with { EarliestEvent = batch.EarliestEvent!.Value.AddMinutes(-5) }));
    }

    private static async Task<List<IssuanceGap>> GapsAsync(ITokenLog log, SweepBatch batch)
    {
        var gaps = new List<IssuanceGap>();
        await foreach (
            var gap in log.FindGapsAsync(
                DetectionCatalog.LoadSql().Single(d => d.Id == "issuance-gap"),
                batch,
                CaseEngine.Usual,
                CancellationToken.None
            )
        )
        {
            gaps.Add(gap);
        }

        return [.. gaps.Where(g => g.To is not null)];
    }

    [Fact]
    public async Task No_more_is_looked_up_than_is_allowed_and_the_files_of_that_time_come_first()
    {
        foreach (var day in Enumerable.Range(2, 20))
        {
            _house.Stamp(_house.Write($"issued/{day}.ndjson", Minted($"of-{day}", Now.AddDays(-day))), TimeSpan.FromDays(day));
        }

        _house.Options.MaxLookUpBytes = 3 * new FileInfo(Path.Combine(_house.Options.IssuedFolder, "10.ndjson")).Length;
        _house.Write(
            "access/a.ndjson",
            Accepted("of-10", Now.AddDays(-10), Now.AddMinutes(-2)),
            Accepted("of-18", Now.AddDays(-18), Now.AddMinutes(-2))
        );
        _house.Settle();

        Assert.Empty((await DetectAsync("unissued")).Found);
        var reading = Read($"{LogViews.TokenIssuanceName}, looked up").Single();
        Assert.Equal(3, reading.Files);
        Assert.NotEmpty(reading.PassedOver);
    }

    /// <summary>Who wrote so much that a file is passed over makes no honest token of that time a forged one.</summary>
    [Fact]
    public async Task What_a_look_up_leaves_out_makes_a_verdict_unsure_and_a_file_that_is_too_large_hides_no_other()
    {
        foreach (var day in Enumerable.Range(8, 5))
        {
            var lines =
                day == 9
                    ? Enumerable.Range(0, 50).Select(i => Minted($"of-{day}-{i}", Now.AddDays(-day)))
                    : [Minted($"of-{day}", Now.AddDays(-day))];
            _house.Stamp(_house.Write($"issued/{day}.ndjson", [.. lines]), TimeSpan.FromDays(day));
        }

        _house.Options.MaxLookUpBytes = 2 * new FileInfo(Path.Combine(_house.Options.IssuedFolder, "10.ndjson")).Length;
        _house.Write(
            "access/a.ndjson",
            Accepted("of-10", Now.AddDays(-10), Now.AddMinutes(-2)),
            Accepted("of-9-1", Now.AddDays(-9), Now.AddMinutes(-2)),
            Accepted("new", Now.AddMinutes(-20), Now.AddMinutes(-2)),
            Accepted("none", null, Now.AddMinutes(-2))
        );
        _house.Stamp(Path.Combine(_house.Options.IssuedFolder, "9.ndjson"), TimeSpan.FromDays(9) - TimeSpan.FromMinutes(1));
        _house.Settle();

        // The one that lies nearest is of day 10; that of day 9 is too large, and the next two beside it are not.
        var found = (await DetectAsync("unissued")).Found;
        Assert.Equal([("new", false), ("none", false), ("of-9-1", true)], found.Select(s => (s.Token.Jti!, s.IsUnsure)).Order());
        Assert.Contains(Read($"{LogViews.TokenIssuanceName}, looked up").Single().PassedOver.Select(p => p.Path), f =>
            f.EndsWith("9.ndjson", StringComparison.Ordinal)
        );

        // When all may be read, all is sure; and one is read however large it is.
        _house.Options.MaxLookUpBytes = 1_000_000;
        using (var all = _house.Start())
        {
            Assert.DoesNotContain(await DetectAgainAsync(all, "unissued", found), s => s.IsUnsure || s.Token.Jti == "of-9-1");
        }

        _house.Options.MaxLookUpBytes = 1;
        using var one = _house.Start();
        Assert.Empty(await DetectAgainAsync(one, "unissued", [.. found.Where(s => s.Token.Jti == "of-9-1")]));
    }

    [Fact]
    public async Task Pages_that_are_judged_again_share_one_budget_until_the_next_batch_and_leave_nothing_behind()
    {
        foreach (var day in Enumerable.Range(2, 20))
        {
            _house.Stamp(_house.Write($"issued/{day:D2}.ndjson", Minted($"of-{day:D2}", Now.AddDays(-day))), TimeSpan.FromDays(day));
        }

        var length = new FileInfo(Path.Combine(_house.Options.IssuedFolder, "10.ndjson")).Length;
        _house.Options.MaxLookUpBytes = 4 * length;
        using var log = _house.Start();
        Sighting Seen(int day) =>
            new(
                Verdict.Unissued,
                new("i", $"of-{day:D2}", null, "ann", null, Now.AddDays(-day), null, null, null, null),
                "192.0.2.1",
                Now.AddMinutes(-2),
                Now,
                2
            );
        var left = new List<Sighting>();
        foreach (var day in new[] { 4, 10, 18 })
        {
            left.AddRange(await DetectAgainAsync(log, "unissued", [Seen(day)]));
        }

        Assert.InRange(Read($"{LogViews.TokenIssuanceName}, looked up").Sum(r => r.Files * length), length, _house.Options.MaxLookUpBytes);
        Assert.Equal(3, Read($"{LogViews.TokenIssuanceName}, looked up").Count());
        Assert.All(left, s => Assert.True(s.IsUnsure));
        Assert.NotEmpty(left);

        // The next run has its own.
        Assert.Null(await log.NextAsync(CancellationToken.None));
        Assert.Empty(await DetectAgainAsync(log, "unissued", [.. left.Take(1)]));
    }

    /// <summary>Hostile values of <c>iat</c>, and those at every limit, mixed with honest accesses: what is joined does not depend on
    /// them, and every verdict is the truth.</summary>
    [Fact]
    public Task Whatever_iat_says_the_joins_reach_as_far_and_the_verdicts_are_true() =>
        Gen.Select(Gen.Int[0, 11], Gen.Int[-1, 1], Gen.Bool)
            .List[1, 8]
            .SampleAsync(
                async tokens =>
                {
                    using var house = new FolderHouse();
                    var (now, usual) = (house.Time.GetUtcNow(), CaseEngine.Usual);
                    var accepted = now.AddMinutes(-2);
                    DateTimeOffset?[] limits =
                    [
                        DateTimeOffset.UnixEpoch,
                        DateTimeOffset.MinValue.AddDays(1),
                        new(9999, 12, 31, 23, 0, 0, TimeSpan.Zero),
                        null,
                        accepted,
                        accepted - usual.MaxTokenLifetime,
                        accepted - usual.MaxTokenLifetime - usual.ClockSkew,
                        now + house.Options.SettleTime - house.Options.MaxLookBack,
                        now.AddDays(-2),
                        now.AddDays(-12),
                        now.AddDays(-30),
                        now.AddHours(5),
                    ];
                    var truth = tokens
                        .Select((t, i) => (Jti: $"t{i}", Iat: limits[t.Item1]?.AddSeconds(t.Item2), IsIssued: t.Item3))
                        .ToList();
                    // An honest token is minted at its iat, and nobody mints in the future or before the log begins.
                    var minted = truth
                        .Where(t => t.IsIssued)
                        .Select(t =>
                            (
                                t.Jti,
                                At: t.Iat is { } iat && iat <= accepted && iat > now.AddDays(-31).AddHours(1)
                                    ? iat
                                    : accepted.AddMinutes(-1)
                            )
                        )
                        .ToList();
                    foreach (var day in minted.GroupBy(m => m.At.Date))
                    {
                        house.Stamp(
                            house.Write($"issued/{day.Key:yyyy-MM-dd}.ndjson", day.Select(m => Minted(m.Jti, m.At))),
                            now - day.Max(m => m.At)
                        );
                    }

                    house.Write("issued/now.ndjson", Issue("good"));
                    house.Write(
                        "access/a.ndjson",
                        [
                            Access("good"),
                            .. truth.Select(t =>
                                $$"""
                                    {"TimeGenerated":"{{Text(accepted)}}","Iss":"i","Jti":"{{t.Jti}}","Sub":"ann",
                                    "IssuedAt":{{(t.Iat is { } iat ? $"\"{Text(iat)}\"" : "null")}}}
                                    """.ReplaceLineEndings("")
                            ),
                        ]
                    );
                    house.Settle();
                    using var log = house.Start();
                    var batch = (await log.NextAsync(CancellationToken.None))!;

                    Assert.Equal(new DateTimeOffset(2026, 3, 1, 11, 55, 0, TimeSpan.Zero), batch.EarliestEvent);
                    Assert.Equal(batch.EarliestEvent!.Value - usual.MaxTokenLifetime - usual.ClockSkew, LookBack.Of(batch, usual).From);
                    Assert.False(
                        LookBack.Of(batch, usual).OutlivedFrom
                            < house.Time.GetUtcNow() - house.Options.MaxLookBack - usual.MaxTokenLifetime - usual.ClockSkew
                    );
                    var found = await FolderHouse.DetectAsync(log, batch, only: "unissued");
                    Assert.Equal(
                        truth.Where(t => !t.IsIssued).Select(t => t.Jti).Order(StringComparer.Ordinal),
                        found.Select(s => s.Token.Jti!).Order(StringComparer.Ordinal)
                    );
                    Assert.Equal(
                        found.Select(s => s.Token.Jti).Order(StringComparer.Ordinal),
                        (await DetectAgainAsync(log, "unissued", found)).Select(s => s.Token.Jti).Order(StringComparer.Ordinal)
                    );
                },
                iter: Runs.Of(7),
                threads: 1
            );
}
