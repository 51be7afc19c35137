using DuckDB.NET.Data;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Mapping;
using Rekey.DuckDb.Tests.Detections;
using Rekey.DuckDb.Tests.Files;

namespace Rekey.DuckDb.Tests.Forms;

/// <summary>One time is one time, however a log writes it.</summary>
public sealed class TimeFormTests
{
    private static readonly DateTimeOffset Moment = new(2026, 9, 22, 3, 4, 5, 123, TimeSpan.Zero);
    private static readonly DateTimeOffset Second = new(2026, 9, 22, 23, 4, 5, TimeSpan.Zero);

    public static TheoryData<string, string?> FormatsAndZones =>
        [.. from format in Formats from zone in (string?[])[null, "Europe/Berlin", "America/New_York"] select (format, zone)];

    private static readonly string[] Formats = ["ndjson", "csv", "parquet"];

    [Theory]
    [MemberData(nameof(FormatsAndZones))]
    public async Task A_time_is_read_in_every_form(string extension, string? zone)
    {
        var known = zone is null ? null : TimeZoneInfo.FindSystemTimeZoneById(zone);
        foreach (var time in new[] { Moment, Second })
        {
            var members = WrittenForms.Times(time, known);
            var read = await FormFiles.ReadAsync(extension, "T", members, Mapping("TimeGenerated", zone));
            Assert.All(members.Zip(read), m => Assert.Equal(($"{m.First}", time), ($"{m.First}", m.Second?.FirstSeen)));
        }
    }

    /// <summary>A fraction of a second in a claim is dropped, in whatever form it is.</summary>
    [Theory]
    [InlineData("ndjson")]
    [InlineData("csv")]
    [InlineData("parquet")]
    public async Task Times_of_claims_are_whole_seconds(string extension)
    {
        object[] members =
        [
            .. WrittenForms.Times(Moment),
            FormFiles.Number("1790046245.9999"),
            "1790046245.9999999",
            "2026-09-22T03:04:05.9999999Z",
            "1790046245999999999",
        ];
        var read = await FormFiles.ReadAsync(extension, "T", members, Mapping("ExpiresAt", null));
        Assert.All(members.Zip(read), m =>
            Assert.Equal(($"{m.First}", Moment.AddMilliseconds(-123)), ($"{m.First}", m.Second?.Token.ExpiresAt))
        );
    }

    [Theory]
    [InlineData("epoch-seconds", 1)]
    [InlineData("epoch-milliseconds", 1_000)]
    [InlineData("epoch-microseconds", 1_000_000)]
    [InlineData("epoch-nanoseconds", 1_000_000_000)]
    public async Task A_form_is_the_unit_of_numbers_of_any_size(string form, long perSecond)
    {
        long[] seconds = [0, 1, 300, 1_000_000, 300_000_000, 1_790_046_245, 4_000_000_000];
        object[] members = [.. seconds.Select(s => (object)(s * perSecond)), .. seconds.Select(s => $"{s * perSecond}.0")];
        var mapping = $$"""{ "GatewayAccess": { "ExpiresAt": { "from": "T", "form": "{{form}}" } } }""";
        foreach (var extension in Formats)
        {
            var read = await FormFiles.ReadAsync(extension, "T", members, mapping);
            Assert.Equal([.. seconds, .. seconds], read.Select(r => r!.Token.ExpiresAt!.Value.ToUnixTimeSeconds()));
        }
    }

    private static readonly (string Written, string Read)[] Ends =
    [
        ("0", "1970-01-01T00:00:00Z"),
        ("-1", "1969-12-31T23:59:59Z"),
        ("299999999999", "9999-12-31T23:59:59Z"),
        ("253402300799", "9999-12-31T23:59:59Z"),
        ("253402300800", "9999-12-31T23:59:59Z"),
        ("300000000000", "1979-07-05T05:20:00Z"),
        ("299999999999999", "9999-12-31T23:59:59Z"),
        ("300000000000000", "1979-07-05T05:20:00Z"),
        ("299999999999999999", "9999-12-31T23:59:59Z"),
        ("300000000000000000", "1979-07-05T05:20:00Z"),
        ("9223372036854775807", "2262-04-11T23:47:16Z"),
        ("9999999999999999999", "2286-11-20T17:46:40Z"),
        ("99999999999999999999999", "9999-12-31T23:59:59Z"),
        ("1e300", "9999-12-31T23:59:59Z"),
        ("1e400", "9999-12-31T23:59:59Z"),
        ("-1e400", "0001-01-01T00:00:00Z"),
        ("0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("0001-01-01T00:00:00+05:00", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59-05:00", "9999-12-31T23:59:59Z"),
        ("12345-01-01T00:00:00Z", "9999-12-31T23:59:59Z"),
        ("2026-09-22", "2026-09-22T00:00:00Z"),
        ("2026-09-22T03:04Z", "2026-09-22T03:04:00Z"),
        ("2026-09-22T03:04+02:00", "2026-09-22T01:04:00Z"),
    ];

    [Fact]
    public async Task The_ends_of_the_ranges_are_as_documented()
    {
        foreach (var extension in Formats)
        {
            var read = await FormFiles.ReadAsync(extension, "T", Ends.Select(e => e.Written), Mapping("ExpiresAt", null));
            Assert.Equal(
                Ends.Select(e => (e.Written, DateTimeOffset.Parse(e.Read))),
                Ends.Zip(read, (e, r) => (e.Written, r!.Token.ExpiresAt!.Value))
            );
        }
    }

    /// <summary>What is no time is never a time: above all none of the year 9999, and none in the zone of the row before.</summary>
    [Fact]
    public async Task What_is_no_time_is_unknown()
    {
        string[] members =
        [
            "never",
            "-",
            "x",
            "nan",
            "inf",
            "-inf",
            "Infinity",
            "infinity",
            "epoch",
            "now",
            "today",
            "true",
            "0x10",
            "1_000",
            "1.2.3",
            "e5",
            ".",
            "2026-13-01T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "2026-09-22T25:00:00Z",
            "2026-09-22T03:04:05Z trailing",
            "2026-09-22T03:04:05 Europe/Berlin",
            "2026-09-22T03:04:05+99:99",
            "22/Xxx/2026:03:04:05 +0000",
            "[]",
            "{}",
            "\0",
            "١٧٩٠٠٤٦٢٤٥",
        ];
        foreach (var extension in Formats)
        {
            var read = await FormFiles.ReadAsync(extension, "T", [.. members, "2026-09-22 03:04:05"], Mapping("ExpiresAt", null));
            Assert.All(members.Zip(read), m => Assert.Equal((m.First, null), (m.First, m.Second?.Token.ExpiresAt)));
            Assert.Equal(DateTimeOffset.Parse("2026-09-22T03:04:05Z"), read[^1]!.Token.ExpiresAt);
        }
    }

    /// <summary>The hour that a zone leaves out, and the one that it has twice.</summary>
    [Fact]
    public async Task A_zone_is_for_times_without_an_offset()
    {
        (string Written, string Read)[] members =
        [
            ("2026-03-29T02:30:00", "2026-03-29T01:30:00Z"),
            ("2026-10-25T02:30:00", "2026-10-25T01:30:00Z"),
            ("2026-07-01T12:00:00", "2026-07-01T10:00:00Z"),
            ("2026-07-01T12:00:00Z", "2026-07-01T12:00:00Z"),
            ("2026-07-01T12:00:00+00:00", "2026-07-01T12:00:00Z"),
            ("01/Jul/2026:12:00:00", "2026-07-01T10:00:00Z"),
            ("2026-07-01 12:00", "2026-07-01T10:00:00Z"),
        ];
        var read = await FormFiles.ReadAsync("ndjson", "T", members.Select(m => m.Written), Mapping("TimeGenerated", "Europe/Berlin"));
        Assert.Equal(
            members.Select(m => (m.Written, DateTimeOffset.Parse(m.Read))),
            members.Zip(read, (m, r) => (m.Written, r!.FirstSeen))
        );
    }

    [Theory]
    [InlineData("TIMESTAMP '2026-07-01 12:00:00.5'", "2026-07-01T12:00:00.5Z", "2026-07-01T10:00:00.5Z")]
    [InlineData("TIMESTAMP_NS '2026-07-01 12:00:00.5'", "2026-07-01T12:00:00.5Z", "2026-07-01T10:00:00.5Z")]
    [InlineData("TIMESTAMP_S '2026-07-01 12:00:00'", "2026-07-01T12:00:00Z", "2026-07-01T10:00:00Z")]
    [InlineData("DATE '2026-07-01'", "2026-07-01T00:00:00Z", "2026-06-30T22:00:00Z")]
    [InlineData("TIMESTAMPTZ '2026-07-01 12:00:00.5+00'", "2026-07-01T12:00:00.5Z", "2026-07-01T12:00:00.5Z")]
    [InlineData("1782907200::INTEGER", "2026-07-01T12:00:00Z", "2026-07-01T12:00:00Z")]
    [InlineData("1782907200::UINTEGER", "2026-07-01T12:00:00Z", "2026-07-01T12:00:00Z")]
    [InlineData("1782907200500::BIGINT", "2026-07-01T12:00:00.5Z", "2026-07-01T12:00:00.5Z")]
    [InlineData("1782907200500000::UBIGINT", "2026-07-01T12:00:00.5Z", "2026-07-01T12:00:00.5Z")]
    [InlineData("1782907200500000000::HUGEINT", "2026-07-01T12:00:00.5Z", "2026-07-01T12:00:00.5Z")]
    [InlineData("1782907200.5::DOUBLE", "2026-07-01T12:00:00.5Z", "2026-07-01T12:00:00.5Z")]
    [InlineData("1782907200.5::DECIMAL(18, 3)", "2026-07-01T12:00:00.5Z", "2026-07-01T12:00:00.5Z")]
    [InlineData("'2026-07-01 12:00:00.5'", "2026-07-01T12:00:00.5Z", "2026-07-01T10:00:00.5Z")]
    public async Task Times_and_numbers_of_parquet_are_read_as_texts_are(string value, string utc, string local)
    {
        Assert.Equal(DateTimeOffset.Parse(utc), await ParquetAsync(value, null));
        Assert.Equal(DateTimeOffset.Parse(local), await ParquetAsync(value, "Europe/Berlin"));
    }

    private static async Task<DateTimeOffset> ParquetAsync(string value, string? zone)
    {
        using var folder = new TempFolder();
        folder.Write("issued/none.ndjson", "");
        using (var connection = new DuckDBConnection("DataSource=:memory:"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"COPY (SELECT {value} AS T, 'i' AS Iss, 'x' AS Jti) TO '{folder.File("a.parquet")}' (FORMAT parquet)";
            command.ExecuteNonQuery();
        }

        await using var logs = await LogFiles.OpenAsync(
            new([folder.File("issued")], [folder.File("a.parquet")], LogMapping.Parse(Mapping("TimeGenerated", zone), "m")),
            CaseEngine.Options,
            null,
            CancellationToken.None
        );
        return (await SampleFiles.JudgeAsync(logs)).Single().FirstSeen;
    }

    private static string Mapping(string column, string? zone) =>
        zone is null
            ? $$"""{ "GatewayAccess": { "{{column}}": "T" } }"""
            : $$"""{ "GatewayAccess": { "{{column}}": { "from": "T", "timeZone": "{{zone}}" } } }""";
}
