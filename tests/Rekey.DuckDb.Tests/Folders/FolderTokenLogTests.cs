using Rekey.Core;
using Rekey.Detections;
using Rekey.Detections.Gaps;
using Rekey.DuckDb.Folders;
using Rekey.DuckDb.Tests.Detections;
using Rekey.DuckDb.Tests.Files;
using Rekey.Ledgers;
using Rekey.Ledgers.Segments;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Doubles.Storage;
using static Rekey.DuckDb.Tests.Folders.FolderHouse;

namespace Rekey.DuckDb.Tests.Folders;

/// <summary>Files in folders are judged by arrival, each version once, against all issuances that a look-back needs.</summary>
public sealed class FolderTokenLogTests : IDisposable
{
    private readonly FolderHouse _house = new();

    public void Dispose() => _house.Dispose();

    [Fact]
    public async Task A_file_is_judged_when_it_has_settled_and_once()
    {
        _house.Write("issued/i.ndjson", Issue("good"));
        _house.Write("access/a.ndjson", Access("good"), Access("forged"));
        Assert.Null(await _house.SweepAsync());
        _house.Settle();
        Assert.Equal([("forged", Verdict.Unissued)], (await _house.SweepAsync())!.Select(s => (s.Token.Jti!, s.Verdict)));
        Assert.Null(await _house.SweepAsync());
        Assert.Equal(_house.JudgedNameOf("a.ndjson"), Assert.Single(_house.Judged));
    }

    [Fact]
    public async Task A_batch_says_what_is_in_it()
    {
        _house.Write(
            "access/a.ndjson",
            Access("x", "11:55:00"),
            """{"TimeGenerated":"2026-03-01T11:56:00Z","Iss":"i","Jti":"y","IssuedAt":"2026-03-01T10:00:00Z"}""",
            "broken"
        );
        _house.Settle();
        using var log = _house.Start();
        var batch = (await log.NextAsync(CancellationToken.None))!;
        Assert.Equal(
            (
                2,
                new(2026, 3, 1, 11, 55, 0, TimeSpan.Zero),
                new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero),
                _house.Time.GetUtcNow() - _house.Options.SettleTime,
                1
            ),
            (batch.Accesses, batch.EarliestEvent, batch.EarliestIssuedAt, batch.ArrivedUntil, batch.BadLines)
        );
        Assert.Equal(batch, await log.NextAsync(CancellationToken.None));
        using var other = _house.Start();
        Assert.Equal(batch, await other.NextAsync(CancellationToken.None));
        Assert.Contains("broken", Assert.Single(_house.Quarantined));
        if (!OperatingSystem.IsWindows())
        {
            // Bad lines may hold subjects and addresses.
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite,
                File.GetUnixFileMode(Assert.Single(Directory.GetFiles(_house.Options.QuarantineFolder!)))
            );
        }
    }

    [Fact]
    public async Task A_batch_that_was_not_completed_comes_again_whole()
    {
        _house.Write("access/a.ndjson", Access("forged"));
        _house.Settle();
        using (var dies = _house.Start())
        {
            Assert.Single(await DetectAsync(dies, (await dies.NextAsync(CancellationToken.None))!));
        }

        Assert.Single((await _house.SweepAsync())!);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_process_that_dies_while_it_completes_loses_nothing(bool after)
    {
        _house.Write("access/a.ndjson", Access("forged-a"));
        _house.Write("access/b.ndjson", Access("forged-b"));
        _house.Settle();
        await _house.SweepAsync();
        _house.Write("access/a.ndjson", Access("forged-a"));
        _house.Write("access/b.ndjson", Access("forged-b"));
        _house.Settle();
        using (var dies = _house.Start(new DiesAt(1, after)))
        {
            var batch = (await dies.NextAsync(CancellationToken.None))!;
            await Assert.ThrowsAsync<ProcessDiedException>(() => dies.CompleteAsync(batch, CancellationToken.None));
        }

        var left = (await _house.SweepAsync())?.Select(s => s.Token.Jti) ?? [];
        Assert.Equal(after ? [] : ["forged-a", "forged-b"], left.Order());
        Assert.Equal(((string[])["a.ndjson", "b.ndjson"]).Select(_house.JudgedNameOf).Order(), _house.Judged.TakeLast(2).Order());
        Assert.Null(await _house.SweepAsync());
    }

    [Fact]
    public async Task A_batch_is_one_line_with_a_hash_a_file_and_an_idle_sweep_none()
    {
        foreach (var n in Enumerable.Range(0, 40))
        {
            _house.Write($"access/secret-host-{n}.ndjson", Access($"jti-{n}"));
        }

        _house.Settle();
        await _house.SweepAsync();
        await _house.SweepAsync();
        var line = Assert.Single(_house.Ledger);
        Assert.Equal(
            ("40", "0", 40),
            (line.Entry.Facts["accesses"], line.Entry.Facts["badLines"], line.Entry.Facts["files"].Split(' ').Length)
        );
        Assert.DoesNotContain("secret", string.Join(' ', line.Entry.Facts.Values), StringComparison.Ordinal);
        Assert.InRange(line.Entry.Facts["files"].Length, 0, 40 * 30);
    }

    /// <summary>What was found in it is lost: it comes again, also the batch that is under way.</summary>
    [Fact]
    public async Task What_was_judged_since_then_comes_again_once()
    {
        _house.Write("access/a.ndjson", Access("a"));
        _house.Settle();
        await _house.SweepAsync();
        _house.Time.Advance(TimeSpan.FromDays(3));
        _house.Write("access/b.ndjson", Access("b").Replace("03-01", "03-04", StringComparison.Ordinal));
        _house.Settle();
        using (var log = _house.Start())
        {
            var batch = (await log.NextAsync(CancellationToken.None))!;
            await log.AgainAsync(_house.Time.GetUtcNow(), CancellationToken.None);
            await Assert.ThrowsAsync<RetryLaterException>(() => log.CompleteAsync(batch, CancellationToken.None));
        }

        Assert.Single((await _house.SweepAsync())!);
        await AgainAsync(_house.Time.GetUtcNow());
        Assert.Equal(["b"], (await _house.SweepAsync())!.Select(s => s.Token.Jti));
        Assert.Null(await _house.SweepAsync());
        await AgainAsync(DateTimeOffset.MinValue);
        Assert.Equal(["a", "b"], (await _house.SweepAsync())!.Select(s => s.Token.Jti).Order());
        Assert.Null(await _house.SweepAsync());

        async Task AgainAsync(DateTimeOffset since)
        {
            using var log = _house.Start();
            await log.AgainAsync(since, CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_batch_that_was_begun_before_counts_for_nothing_whoever_completes_it()
    {
        _house.Write("access/a.ndjson", Access("a"));
        _house.Settle();
        await _house.SweepAsync();
        _house.Write("access/b.ndjson", Access("b"));
        _house.Settle();
        using var slow = _house.Start();
        var batch = (await slow.NextAsync(CancellationToken.None))!;
        using (var other = _house.Start())
        {
            await other.AgainAsync(_house.Time.GetUtcNow(), CancellationToken.None);
        }

        await slow.CompleteAsync(batch, CancellationToken.None);
        Assert.Equal(["a", "b"], (await _house.SweepAsync())!.Select(s => s.Token.Jti).Order());
    }

    [Fact]
    public async Task Files_of_years_are_forgotten_and_not_judged_again()
    {
        var ledger = new SegmentedLedger(new MemorySegments(_house.Blobs, Fate.Immortal), new(), _house.Time);
        using var reader = new LedgerReader(ledger);
        var judged = new JudgedFiles(ledger, reader, _house.Options);

        // The file system says when a file was made, by its own clock.
        _house.Time.Advance(TimeProvider.System.GetUtcNow() - _house.Time.GetUtcNow());
        _house.Write("access/0.ndjson", Access("x"));
        _house.Settle();
        await _house.SweepAsync();
        Assert.Single((await judged.ReadAsync(CancellationToken.None)).Files);
        for (var month = 0; month < 36; month++)
        {
            _house.Time.Advance(_house.Options.KeepJudged + TimeSpan.FromDays(1));
            var batch = new SweepBatch($"batch-{month}", 1, EarliestEvent: null, _house.Time.GetUtcNow(), 0);
            await judged.CompleteAsync(batch, Enumerable.Range(0, 100).Select(n => $"{month}-{n}"), again: 0, CancellationToken.None);
            Assert.Equal(100, (await judged.ReadAsync(CancellationToken.None)).Files.Count);
        }

        Assert.Null(await _house.SweepAsync());
    }

    [Fact]
    public async Task A_file_that_grew_is_judged_again_and_so_is_one_that_was_replaced_by_as_many_bytes()
    {
        _house.Write("access/a.ndjson", Access("one"));
        _house.Settle();
        Assert.Single((await _house.SweepAsync())!);
        _house.Write("access/a.ndjson", Access("one"), Access("two"));
        _house.Settle();
        Assert.Equal(["one", "two"], (await _house.SweepAsync())!.Select(s => s.Token.Jti).Order());
        _house.Write("access/a.ndjson", Access("one"), Access("six"));
        _house.Settle();
        Assert.Equal(["one", "six"], (await _house.SweepAsync())!.Select(s => s.Token.Jti).Order());
        Assert.Equal(3, _house.Judged.Distinct().Count());
    }

    [Fact]
    public async Task What_changes_while_it_is_judged_comes_again()
    {
        var path = _house.Write("access/a.ndjson", Access("one"));
        _house.Settle();
        using (var log = _house.Start())
        {
            var batch = (await log.NextAsync(CancellationToken.None))!;
            File.AppendAllText(path, Access("two") + "\n");
            _house.Stamp(path);
            await log.CompleteAsync(batch, CancellationToken.None);
        }

        _house.Settle();
        Assert.Equal(["one", "two"], (await _house.SweepAsync())!.Select(s => s.Token.Jti).Order());
    }

    [Fact]
    public async Task A_file_of_the_future_does_not_hide()
    {
        _house.Stamp(_house.Write("access/a.ndjson", Access("forged")), TimeSpan.FromDays(-400));
        Assert.Single((await _house.SweepAsync())!);
    }

    [Fact]
    public async Task A_moved_file_keeps_its_old_time_and_is_judged_all_the_same()
    {
        _house.Write("access/new.ndjson", Access("x"));
        _house.Settle();
        await _house.SweepAsync();
        _house.Stamp(_house.Write("access/old.ndjson", Access("late")), TimeSpan.FromDays(20));
        Assert.Equal(["late"], (await _house.SweepAsync())!.Select(s => s.Token.Jti));
    }

    [Fact]
    public async Task A_backlog_is_judged_in_batches_oldest_first_and_nothing_is_left_out()
    {
        _house.Options.MaxFiles = 2;
        foreach (var i in Enumerable.Range(0, 5))
        {
            _house.Stamp(_house.Write($"access/{i}.ndjson", Access($"f{i}")), TimeSpan.FromMinutes(60 - i));
        }

        using (var log = _house.Start())
        {
            Assert.Equal(_house.Time.GetUtcNow() - TimeSpan.FromMinutes(58), (await log.NextAsync(CancellationToken.None))!.ArrivedUntil);
        }

        Assert.Equal(["f0", "f1"], (await _house.SweepAsync())!.Select(s => s.Token.Jti).Order());
        _house.Options.MaxFiles = 1000;
        _house.Options.MaxBytes = 1;
        Assert.Equal(["f2"], (await _house.SweepAsync())!.Select(s => s.Token.Jti));
        _house.Options.MaxBytes = 1_000_000;
        Assert.Equal(["f3", "f4"], (await _house.SweepAsync())!.Select(s => s.Token.Jti).Order());
        Assert.Null(await _house.SweepAsync());
    }

    [Fact]
    public async Task Earlier_accesses_count_for_shared_tokens()
    {
        var parameters = CaseEngine.Usual with { MaxNetworksPerToken = 1 };
        _house.Write("issued/i.ndjson", Issue("x"));
        _house.Write("access/1.ndjson", Access("x", ip: "192.0.2.1"));
        _house.Settle();
        Assert.Empty((await _house.SweepAsync(parameters))!);
        _house.Write("access/2.ndjson", Access("x", "12:01:00", ip: "198.51.100.1"));
        _house.Settle();
        Assert.Equal(["192.0.2.1", "198.51.100.1"], (await _house.SweepAsync(parameters))!.Select(s => s.SrcIpAddr).Order());
    }

    [Fact]
    public async Task Issuances_are_read_as_far_back_as_the_earliest_access_needs()
    {
        // An access that a gateway flushed days late: its issuance is old, and so is the file.
        _house.Stamp(
            _house.Write("issued/old.ndjson", """{"TimeGenerated":"2026-02-25T10:00:00Z","Iss":"i","Jti":"slow","Sub":"ann"}"""),
            TimeSpan.FromDays(4)
        );
        _house.Stamp(
            _house.Write(
                "issued/unneeded.ndjson",
                """{"TimeGenerated":"2026-02-20T10:00:00Z","Iss":"i","Jti":"slow","Sub":"someone else"}"""
            ),
            TimeSpan.FromDays(9)
        );
        _house.Write("access/a.ndjson", """{"TimeGenerated":"2026-02-25T10:30:00Z","Iss":"i","Jti":"slow","Sub":"ann"}""");
        _house.Settle();
        Assert.Empty((await _house.SweepAsync())!);
        Assert.Equal(1, _house.Reports.Last(r => r.Stream == LogViews.TokenIssuanceName).Reading.Files);
    }

    [Fact]
    public async Task A_file_system_that_keeps_no_times_hides_no_issuance()
    {
        var path = _house.Write("issued/i.ndjson", Issue("good"));
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
        _house.Write("access/a.ndjson", Access("good"));
        _house.Settle();
        Assert.Empty((await _house.SweepAsync())!);
    }

    [Fact]
    public async Task What_is_older_than_the_look_back_is_bad_and_no_iat_reaches_behind_it()
    {
        _house.Write(
            "access/a.ndjson",
            """{"TimeGenerated":"2025-01-01T10:00:00Z","Iss":"i","Jti":"ancient"}""",
            """{"TimeGenerated":"2026-03-01T11:00:00Z","Iss":"i","Jti":"forged","IssuedAt":"0001-01-01T00:00:00Z"}"""
        );
        _house.Settle();
        using var log = _house.Start();
        var batch = (await log.NextAsync(CancellationToken.None))!;
        Assert.Equal(
            (1, 1, new(2026, 3, 1, 11, 0, 0, TimeSpan.Zero), _house.Time.GetUtcNow() - _house.Options.MaxLookBack),
            (batch.Accesses, batch.BadLines, batch.EarliestEvent, batch.EarliestIssuedAt)
        );
        Assert.Equal(["forged"], (await DetectAsync(log, batch, only: "unissued")).Select(s => s.Token.Jti));
        Assert.Contains("too old", Assert.Single(_house.Quarantined));
    }

    [Fact]
    public async Task Issuances_are_read_while_they_are_written_and_half_a_line_is_no_bad_one()
    {
        _house.Write("access/a.ndjson", Access("good"));
        _house.Settle();
        File.AppendAllText(_house.Write("issued/i.ndjson", Issue("good")), """{"TimeGenerated":"2026-03""");
        _house.Stamp(_house.Options.IssuedFolder + "/i.ndjson");
        Assert.Empty((await _house.SweepAsync())!);
        Assert.Empty(_house.Quarantined);
        Assert.Equal(1, _house.Reports.Last(r => r.Stream == LogViews.TokenIssuanceName).Reading.BadLines);
    }

    [Theory]
    [InlineData(0.6)]
    [InlineData(0.1)]
    [InlineData(0)]
    public async Task What_an_issuance_file_lacks_may_explain_a_token_and_is_a_gap(double keep)
    {
        _house.Write("access/a.ndjson", Access("good"), Access("first"));
        var path = SampleFiles.Gzip(
            _house.Write(
                "issued/i.ndjson",
                [Issue("first"), .. Enumerable.Range(0, 500).Select(i => Issue($"{Guid.NewGuid()}")), Issue("good")]
            )
        );
        var whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, whole[..(int)(whole.Length * keep)]);
        _house.Stamp(path);
        _house.Settle();
        using (var log = _house.Start())
        {
            var batch = (await log.NextAsync(CancellationToken.None))!;
            var found = await DetectAsync(log, batch, only: "unissued");
            Assert.Equal(keep > 0 ? ["good"] : ["first", "good"], found.Select(s => s.Token.Jti).Order());
            Assert.All(found, s => Assert.True(s.IsUnsure));
            var gap = Assert.Single(await GapsAsync(log, batch), g => IssuanceGap.IsFile(g.IssuerInstance));
            Assert.Equal(("i", IssuanceGap.OfFile(path)), (gap.Iss, gap.IssuerInstance));
        }

        // The rest arrives: nothing is left to explain.
        File.WriteAllBytes(path, whole);
        _house.Stamp(path);
        using var after = _house.Start();
        var again = (await after.NextAsync(CancellationToken.None))!;
        Assert.Empty(await DetectAsync(after, again, only: "unissued"));
        Assert.DoesNotContain(await GapsAsync(after, again), g => IssuanceGap.IsFile(g.IssuerInstance));

        async Task<List<IssuanceGap>> GapsAsync(FolderTokenLog log, SweepBatch batch) =>
            await log.FindGapsAsync(
                    DetectionCatalog.LoadSql().Single(d => d.Id == DetectionCatalog.IssuanceGapId),
                    batch,
                    CaseEngine.Usual with
                    {
                        Windows = [new("i", "k", _house.Time.GetUtcNow().AddDays(-9), null, null)],
                    },
                    CancellationToken.None
                )
                .ToListAsync();
    }

    [Fact]
    public async Task A_truncated_access_file_is_judged_once_by_what_can_be_read()
    {
        _house.Stamp(SampleFiles.Gzip(_house.Write("access/a.ndjson", Access("x"))));
        var path = _house.Options.AccessFolder + "/a.ndjson.gz";
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^9]);
        _house.Stamp(path);
        _house.Settle();
        Assert.Equal([("x", Verdict.Unissued)], (await _house.SweepAsync())!.Select(s => (s.Token.Jti!, s.Verdict)));
        Assert.Contains("gzip", Assert.Single(_house.Quarantined));
        Assert.Null(await _house.SweepAsync());
    }

    [Fact]
    public async Task Earlier_sightings_are_judged_against_all_issuances_that_are_there_now()
    {
        _house.Write("access/a.ndjson", Access("late\\u0000'x", ip: "192.0.2.1"), Access("late\\u0000'x", "11:57:00"), Access("forged"));
        _house.Settle();
        using var log = _house.Start();
        var batch = (await log.NextAsync(CancellationToken.None))!;
        var seen = await DetectAsync(log, batch, only: "unissued");
        Assert.Equal(2, seen.Count);
        Assert.Equal(
            seen.Select(s => (s.Token, s.FirstSeen, s.LastSeen, s.SrcIpAddr)).ToHashSet(),
            (await DetectAgainAsync(log, "unissued", seen)).Select(s => (s.Token, s.FirstSeen, s.LastSeen, s.SrcIpAddr)).ToHashSet()
        );
        _house.Write("issued/late.ndjson", Issue("late\\u0000'x", sub: "somebody else"));
        Assert.Equal(["forged"], (await DetectAgainAsync(log, "unissued", seen)).Select(s => s.Token.Jti));
        Assert.Equal(
            [("late\0'x", Verdict.Altered)],
            (await DetectAgainAsync(log, "altered", seen)).Select(s => (s.Token.Jti!, s.Verdict))
        );
        Assert.Empty(await DetectAgainAsync(log, "unissued", []));
        Assert.Equal(2, (await DetectAsync(log, batch, only: "unissued")).Count);
    }

    [Fact]
    public async Task A_late_issuance_makes_verifier_lag_of_a_retired_key_and_only_while_verifiers_may_cache()
    {
        DateTimeOffset At(string time) => DateTimeOffset.Parse($"2026-03-01T{time}Z");
        var parameters = CaseEngine.Usual with
        {
            VerifierCacheTime = TimeSpan.FromMinutes(3),
            Windows = [new("i", "k", At("09:00:00"), At("11:54:00"), At("11:54:00"))],
        };
        string Under(string kid, string jti, string at) =>
            Access(jti, at).Replace("\"Iss\"", $"\"Kid\":\"{kid}\",\"Iss\"", StringComparison.Ordinal);
        _house.Write(
            "access/a.ndjson",
            Under("k", "lags", "11:55:00"),
            Under("k", "too-late", "11:58:00"),
            Under("k", "forged", "11:55:00"),
            Under("strange", "strange", "11:55:00")
        );
        _house.Settle();
        using var log = _house.Start();
        var seen = await DetectAsync(log, (await log.NextAsync(CancellationToken.None))!, parameters, "retired-key");
        Assert.Equal(
            ["forged", "lags", "strange", "too-late"],
            seen.Where(s => s.Verdict is Verdict.RetiredKey).Select(s => s.Token.Jti).Order(StringComparer.Ordinal)
        );

        _house.Write("issued/late.ndjson", Issue("lags"), Issue("too-late"), Issue("strange"));
        Assert.Equal(
            [
                ("forged", Verdict.RetiredKey),
                ("lags", Verdict.VerifierLag),
                ("strange", Verdict.RetiredKey),
                ("too-late", Verdict.RetiredKey),
            ],
            (await DetectAgainAsync(log, "retired-key", seen, parameters))
                .Select(s => (s.Token.Jti!, s.Verdict))
                .OrderBy(s => s.Item1, StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Gaps_are_found_in_what_a_batch_is_judged_against()
    {
        _house.Write("issued/i.ndjson", Issue("x", "11:50:00", sequence: 1), Issue("y", "11:58:00", sequence: 4));
        _house.Write("access/a.ndjson", Access("x"));
        _house.Settle();
        using var log = _house.Start();
        var batch = (await log.NextAsync(CancellationToken.None))!;
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

        Assert.Equal([new("i", "pod", new(2026, 3, 1, 11, 50, 0, TimeSpan.Zero), new(2026, 3, 1, 11, 58, 0, TimeSpan.Zero), 2)], gaps);
    }

    [Fact]
    public async Task A_batch_that_is_not_at_hand_is_not_guessed_at()
    {
        using var log = _house.Start();
        var strange = new SweepBatch("strange", 0, null, _house.Time.GetUtcNow(), 0);
        await Assert.ThrowsAsync<RetryLaterException>(() => log.CompleteAsync(strange, CancellationToken.None));
        await Assert.ThrowsAsync<RetryLaterException>(() => DetectAsync(log, strange));
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_no_empty_one()
    {
        Directory.Delete(_house.Options.AccessFolder);
        await Assert.ThrowsAsync<RetryLaterException>(() => _house.SweepAsync());
    }

    [Fact]
    public void Settings_that_cannot_work_are_named()
    {
        Assert.Empty(_house.Options.Validate());
        Assert.Contains("set both IssuedFolder and AccessFolder", Assert.Single(new FolderLogOptions().Validate()));
        Assert.Contains(
            "contain each other",
            Assert.Single(new FolderLogOptions { IssuedFolder = "/logs", AccessFolder = "/logs/access" }.Validate())
        );
        Assert.Equal(
            4,
            new FolderLogOptions
            {
                IssuedFolder = "/a",
                AccessFolder = "/b",
                SettleTime = TimeSpan.FromDays(-1),
                MaxLookBack = TimeSpan.FromDays(-2),
                MaxFiles = 0,
                Engine = new() { Threads = 0 },
            }
                .Validate()
                .Count()
        );
    }
}
