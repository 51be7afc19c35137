using System.Text.Json;
using Rekey.Core;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Folders;
using Rekey.DuckDb.Intake;
using Rekey.DuckDb.Mapping;
using Rekey.DuckDb.Tests.Detections;

namespace Rekey.DuckDb.Tests.Files;

/// <summary>What cannot be read is counted, shown with file and line, and kept; the rest is judged.</summary>
public sealed class DamagedLogTests : IDisposable
{
    private const string Good = """{"TimeGenerated":"2026-03-01T10:00:00Z","Iss":"i","Jti":"good"}""";
    private readonly TempFolder _folder = new();

    public DamagedLogTests() => _folder.Write("issued/empty.ndjson", "");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ndjson", false)]
    [InlineData("ndjson", true)]
    [InlineData("json", false)]
    public async Task Broken_lines_of_json_are_shown_by_their_numbers(string extension, bool gzip)
    {
        var path = _folder.Write(
            $"access/a.{extension}",
            string.Join(
                '\n',
                Good,
                "",
                "{\"TimeGenerated\":",
                "  ",
                "[1]",
                "\r",
                """{"TimeGenerated":"yesterday","Iss":"i"}""",
                """{"TimeGenerated":"2026-03-01T10:00:00Z","Iss":"","Jti":"x"}""",
                """{"TimeGenerated":"2026-03-01T10:00:00Z","Iss":"i","ExpiresAt":"soon"}""",
                """{"TimeGenerated":"2026-03-01T10:00:00Z","Iss":"i","StatusCode":"-"}""",
                """{"TimeGenerated":"2026-03-01T10:00:00Z","Iss":"i","SignatureVerified":"perhaps"}""",
                "null",
                Good,
                """{"TimeGenerated":"2026-03-0"""
            )
        );
        path = gzip ? SampleFiles.Gzip(path) : path;
        await using var logs = await OpenAsync(_folder.File("quarantine"));
        Assert.Equal((7, 4, 3, 0), (logs.Access.Rows, logs.Access.BadLines, logs.Access.DamagedLines, logs.Access.BadFiles));
        Assert.Equal(
            [
                (3, "Nothing in the damaged line can be read"),
                (5, "Nothing in the damaged line can be read"),
                (7, "TimeGenerated is not a readable time"),
                (9, "ExpiresAt is not a readable time"),
                (11, "SignatureVerified is not a readable truth value"),
                (12, "Nothing in the damaged line can be read"),
                (14, "Nothing in the damaged line can be read"),
            ],
            logs.Access.Sample.Select(b => (b.Line!.Value, b.Reason))
        );
        Assert.All(logs.Access.Sample, b => Assert.Equal(path, b.File));
        Assert.Equal(("[1]", """{"TimeGenerated":"2026-03-0"""), (logs.Access.Sample[1].Text, logs.Access.Sample[6].Text));
        var kept = File.ReadAllLines(Assert.Single(Directory.GetFiles(_folder.File("quarantine"))))
            .Select(l => JsonSerializer.Deserialize<BadInput>(l, JsonSerializerOptions.Web)!);
        Assert.Equal(logs.Access.Sample, kept);
    }

    [Fact]
    public async Task Broken_records_of_csv_are_shown_by_their_lines()
    {
        _folder.Write(
            "access/a.csv",
            "TimeGenerated,Iss,Jti\r\n2026-03-01T10:00:00Z,i,good\r\n2026-03-01T10:00:00Z,i\r\n"
                + "yesterday,i,x\r\n1,2,3,4\r\n,i,x\r\n\"2026-03-01T10:00:00Z\",i,\"open\r\n2026-03-01T10:00:00Z,i,swallowed\r\n"
        );
        await using var logs = await OpenAsync();
        Assert.Equal((7, 0, 5), (logs.Access.Rows, logs.Access.BadLines, logs.Access.DamagedLines));
        Assert.Equal(
            [
                (3, "Only a part of the line can be read"),
                (4, "TimeGenerated is not a readable time"),
                (5, "Only a part of the line can be read"),
                (6, "TimeGenerated is missing"),
                (7, "Only a part of the line can be read"),
            ],
            logs.Access.Sample.OrderBy(b => b.Line).Select(b => (b.Line!.Value, b.Reason))
        );
        Assert.Contains("swallowed", (await SampleFiles.JudgeAsync(logs)).Select(s => s.Token.Jti));
    }

    [Fact]
    public async Task Bad_rows_of_parquet_are_shown_by_their_numbers()
    {
        SampleFiles.Write(
            _folder,
            "access/a",
            "parquet",
            true,
            [
                .. SampleFiles.Accessed.Take(1),
                SampleFiles.Row(("TimeGenerated", null), ("Iss", "i"), ("IssuedAt", null)),
                SampleFiles.Row(("TimeGenerated", "2026-03-01T10:00:00Z"), ("Iss", null), ("IssuedAt", null)),
            ]
        );
        await using var logs = await OpenAsync();
        Assert.Equal((2, 1, 1), (logs.Access.Rows, logs.Access.BadLines, logs.Access.DamagedLines));
        Assert.Equal(
            [(2, "TimeGenerated is missing"), (3, "It names no token: Iss, Jti, Kid, Sub, SigningInputSha256 are missing")],
            logs.Access.Sample.Select(b => (b.Line!.Value, b.Reason))
        );
        Assert.All(logs.Access.Sample, b => Assert.Equal(_folder.File("access/a.parquet.gz"), b.File));
    }

    [Theory]
    [InlineData("a.parquet", 0.5)]
    [InlineData("a.parquet.gz", 0.5)]
    [InlineData("a.parquet", 0)]
    public async Task A_parquet_file_without_its_end_is_one_bad_file_and_no_row_of_it_is_judged(string name, double keep)
    {
        var extension = name.Split('.')[1];
        SampleFiles.Write(_folder, "access/whole", extension, false, Many("whole"));
        var path = SampleFiles.Write(_folder, "access/a", extension, name.EndsWith(".gz", StringComparison.Ordinal), Many("cut"));
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, keep == 0 ? [1, 2, 3] : bytes[..Math.Min(bytes.Length - 1, (int)(bytes.Length * keep))]);
        await using var logs = await OpenAsync(_folder.File("quarantine"));
        Assert.Equal((2000, 1, 1), (logs.Access.Rows, logs.Access.BadLines, logs.Access.BadFiles));
        var bad = Assert.Single(logs.Access.Sample);
        Assert.Equal((path, null), (bad.File, bad.Line));
        Assert.NotEmpty(bad.Reason);
        Assert.Single(Directory.GetFiles(_folder.File("quarantine")));
        Assert.All(await SampleFiles.JudgeAsync(logs), s => Assert.StartsWith("whole", s.Token.Jti));
    }

    [Theory]
    [InlineData("ndjson", 0.5)]
    [InlineData("ndjson", 0.999)]
    [InlineData("json", 0.5)]
    [InlineData("csv", 0.5)]
    public async Task Of_a_truncated_gzip_file_is_judged_what_can_be_read(string extension, double keep)
    {
        SampleFiles.Write(_folder, "access/whole", extension, false, Many("whole"));
        var path = SampleFiles.Write(_folder, "access/a", extension, gzip: true, Many("cut"));
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(int)(bytes.Length * keep)]);
        await using var logs = await OpenAsync();
        Assert.InRange(logs.Access.Rows, 2000 + (2000 * keep * 0.8), 3999);
        var hole = Assert.Single(logs.Access.Holes);
        Assert.Equal((path, SampleFiles.Issuer, null), (hole.File, Assert.Single(hole.Issuers), hole.Lines));
        Assert.Equal(SampleFiles.At("10:05:00"), hole.From);
        Assert.Contains("gzip", hole.Reason);
        Assert.Equal(0, logs.Access.BadFiles);
        Assert.Contains(await SampleFiles.JudgeAsync(logs), s => s.Token.Jti?.StartsWith("cut", StringComparison.Ordinal) is true);
    }

    /// <summary>One damaged file stops nothing, and what is left of it is judged.</summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(0.7, 1)]
    [InlineData(0.001, 1)]
    [InlineData(0, 1)]
    [InlineData(-1, 1)]
    public async Task A_damaged_zstd_file_is_a_hole(double keep, int holes)
    {
        SampleFiles.Write(_folder, "access/whole", "ndjson", false, Many("whole"));
        var text = File.ReadAllBytes(SampleFiles.Write(_folder, "text", "ndjson", false, Many("cut")));
        using var compressor = new ZstdSharp.Compressor();
        var packed = compressor.Wrap(text).ToArray();
        var path = _folder.Write("access/a.ndjson.zst", "");
        File.WriteAllBytes(path, keep < 0 ? "no zstd at all"u8.ToArray() : packed[..(int)(packed.Length * keep)]);
        await using var logs = await OpenAsync();
        Assert.Equal(holes, logs.Access.Holes.Count);
        Assert.True(holes == 1 ? logs.Access.Rows is >= 2000 and < 4000 : logs.Access.Rows == 4000);
    }

    [Fact]
    public async Task Damage_in_the_middle_of_parquet_costs_that_file_alone()
    {
        SampleFiles.Write(_folder, "access/whole", "parquet", false, Many("whole"));
        var path = SampleFiles.Write(_folder, "access/a", "parquet", false, Many("damaged"));
        var bytes = File.ReadAllBytes(path);
        bytes.AsSpan(4, bytes.Length / 2).Fill(0xff);
        File.WriteAllBytes(path, bytes);
        await using var logs = await OpenAsync();
        Assert.All(await SampleFiles.JudgeAsync(logs), s => Assert.StartsWith("whole", s.Token.Jti));
        Assert.Equal((1, path), (logs.Access.BadFiles, logs.Access.Sample.Single().File));
    }

    [Fact]
    public async Task A_column_that_no_file_has_makes_every_row_bad_and_nothing_fatal()
    {
        _folder.Write("access/a.csv", "time,Iss\n2026-03-01T10:00:00Z,i\n");
        _folder.Write("access/a.ndjson", """{"time":"2026-03-01T10:00:00Z"}""");
        await using var logs = await OpenAsync();
        Assert.Equal((1, 1, 1), (logs.Access.Rows, logs.Access.BadLines, logs.Access.DamagedLines));
        Assert.Equal(
            ["Nothing in it can be read", "TimeGenerated is missing"],
            logs.Access.Sample.Select(b => b.Reason).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Only_the_first_bad_lines_are_shown_and_all_are_counted_and_kept_once()
    {
        _folder.Write("access/a.ndjson", string.Join('\n', Enumerable.Repeat("broken", 5000)));
        for (var i = 0; i < 2; i++)
        {
            await using var logs = await OpenAsync(_folder.File("quarantine"));
            Assert.Equal((5000, CaseEngine.Options.SampledBadLines), (logs.Access.BadLines, logs.Access.Sample.Count));
        }

        Assert.Equal(5000, File.ReadAllLines(Assert.Single(Directory.GetFiles(_folder.File("quarantine")))).Length);
    }

    [Fact]
    public async Task Files_of_no_known_form_are_named_and_hidden_ones_are_not_read()
    {
        _folder.Write("access/good.ndjson", Good);
        var readme = _folder.Write("access/README.txt", "hello");
        var part = _folder.Write("access/.part.ndjson", Good);
        await using var logs = await OpenAsync();
        Assert.Equal((1, 1), (logs.Access.Files, logs.Access.Rows));
        Assert.Equal([part, readme], logs.Access.PassedOver.Select(p => p.Path));
        Assert.Equal(
            "unknown-log-form",
            (
                await Assert.ThrowsAsync<CannotContinueException>(() =>
                    LogFiles.OpenAsync(new([readme], [], LogMapping.None), CaseEngine.Options, null, CancellationToken.None)
                )
            ).Reason
        );
        Assert.Equal(
            "no-such-log",
            (
                await Assert.ThrowsAsync<CannotContinueException>(() =>
                    LogFiles.OpenAsync(
                        new([_folder.File("nowhere")], [], LogMapping.None),
                        CaseEngine.Options,
                        null,
                        CancellationToken.None
                    )
                )
            ).Reason
        );
    }

    private static IReadOnlyList<IReadOnlyDictionary<string, object?>> Many(string jti) =>
        [
            .. Enumerable
                .Range(0, 2000)
                .Select(i =>
                    SampleFiles.Row([
                        .. SampleFiles.Accessed[0].Select(c => (c.Key, c.Key == "Jti" ? $"{jti}-{StableId.Of(i.ToString())}" : c.Value)),
                    ])
                ),
        ];

    private Task<LogFiles> OpenAsync(string? quarantine = null) =>
        LogFiles.OpenAsync(
            new(
                [_folder.File("issued")],
                [_folder.File("access")],
                LogMapping.None,
                quarantine is null ? null : new FolderQuarantine(quarantine)
            ),
            CaseEngine.Options,
            null,
            CancellationToken.None
        );
}
