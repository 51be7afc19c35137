using CsCheck;
using Rekey.Detections;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Mapping;
using Rekey.DuckDb.Tests.Detections;

namespace Rekey.DuckDb.Tests.Files;

/// <summary>The same logs in any form give the same verdicts.</summary>
public sealed class LogFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ndjson", false)]
    [InlineData("jsonl", true)]
    [InlineData("json", false)]
    [InlineData("json", true)]
    [InlineData("csv", false)]
    [InlineData("csv", true)]
    [InlineData("parquet", false)]
    [InlineData("parquet", true)]
    public async Task Every_form_and_compression_is_read(string extension, bool gzip)
    {
        SampleFiles.Write(_folder, "issued/i", extension, gzip, SampleFiles.Issued);
        SampleFiles.Write(_folder, "access/a", extension, gzip, SampleFiles.Accessed);
        await using var logs = await OpenAsync();
        Assert.Equal((2, 0), (logs.Issued.Rows, logs.Issued.BadLines));
        Assert.Equal((3, 0), (logs.Access.Rows, logs.Access.BadLines));
        Assert.Equal(SampleFiles.Latest, logs.ArrivedUntil);
        var found = await SampleFiles.JudgeAsync(logs);
        Assert.Equal([(Verdict.Altered, "j2"), (Verdict.Unissued, "j\"3,\n")], found.Select(f => (f.Verdict, f.Token.Jti!)));
        Assert.Equal(
            new(
                SampleFiles.Issuer,
                "j2",
                "k1",
                "mallory",
                "api web",
                SampleFiles.At("10:00:00"),
                SampleFiles.At("11:00:00"),
                null,
                "tp",
                true
            ),
            found[0].Token
        );
        Assert.Equal(("192.0.2.7", SampleFiles.Latest, 1), (found[0].SrcIpAddr, found[0].FirstSeen, found[0].Accesses));
    }

    [Fact]
    public async Task Both_sides_of_a_token_are_shown()
    {
        SampleFiles.Write(_folder, "issued/i", "ndjson", false, SampleFiles.Issued);
        SampleFiles.Write(_folder, "access/a", "csv", true, SampleFiles.Accessed);
        await using var logs = await OpenAsync();
        var story = await logs.ExplainAsync("j2", CancellationToken.None);
        var (issued, seen) = (Assert.Single(story.Issuances), Assert.Single(story.Accesses));
        Assert.Equal(("bob", _folder.File("issued/i.ndjson")), (issued.Columns.Single(c => c.Key == "Sub").Value, issued.File));
        Assert.Equal(("mallory", _folder.File("access/a.csv.gz")), (seen.Columns.Single(c => c.Key == "Sub").Value, seen.File));
        Assert.Equal("2026-03-01T10:00:00Z", seen.Columns.Single(c => c.Key == "IssuedAt").Value);
        Assert.Equal("true", seen.Columns.Single(c => c.Key == "SignatureVerified").Value);
        Assert.DoesNotContain(seen.Columns, c => c.Key == "SigningInputSha256");
        Assert.Empty((await logs.ExplainAsync("' OR true --", CancellationToken.None)).Accesses);
    }

    /// <summary>What one token is told is what a sweep of everything says of it, and comes of its own rows: for every token of any
    /// world.</summary>
    [Fact]
    public void One_token_is_judged_as_among_all() =>
        Rekey.DuckDb.Tests.Worlds.TokenWorldGen.World.Sample(
            world =>
            {
                using var folder = new TempFolder();
                folder.Write("issued/i.ndjson", string.Join('\n', world.Issued.Select(i => i.ToJson().ToJsonString())));
                folder.Write("access/a.ndjson", string.Join('\n', world.Accessed.Select(a => a.ToJson().ToJsonString())));
                OneByOneAsync(folder, world).GetAwaiter().GetResult();
            },
            iter: 8,
            threads: 1
        );

    private static async Task OneByOneAsync(TempFolder folder, Rekey.DuckDb.Tests.Worlds.TokenWorld world)
    {
        await using var logs = await LogFiles.OpenAsync(
            new([folder.File("issued")], [folder.File("access")], LogMapping.None),
            CaseEngine.Options,
            null,
            CancellationToken.None
        );
        var all = await SampleFiles.JudgeAsync(logs, world.Parameters);
        foreach (var jti in world.Accessed.Select(a => a.Token.Jti).OfType<string>().Distinct().Take(6))
        {
            var one = new List<Sighting>();
            foreach (var detection in DetectionCatalog.LoadSql().Where(d => d.Yields is DetectionRows.Tokens))
            {
                one.AddRange(await logs.DetectAsync(jti, detection, world.Parameters, CancellationToken.None).ToListAsync());
            }

            Assert.Equal(
                all.Where(s => s.Token.Jti == jti).Select(s => s.ToString()).Order(StringComparer.Ordinal),
                one.Select(s => s.ToString()).Order(StringComparer.Ordinal)
            );
        }
    }

    /// <summary>Typed columns are read as they are, and SHA-256s may be in large letters on one side: the verdicts are those of lines of
    /// text.</summary>
    [Theory]
    [InlineData("upper")]
    [InlineData("lower")]
    public async Task Parquet_of_any_letters_and_types_is_judged_as_text_is(string letters)
    {
        Parquet(
            "issued/i",
            $"""
            SELECT TIMESTAMP '2026-03-01 10:00:00' AS TimeGenerated, '{SampleFiles.Issuer}' AS Iss, 'j' || n AS Jti, 'k1' AS Kid,
                {letters}(sha256('t' || n)) AS SigningInputSha256,
                CASE WHEN n = 3 THEN TIMESTAMP '2026-03-01 10:00:00.75'
                    WHEN n = 4 THEN TIMESTAMP 'infinity' ELSE TIMESTAMP '2026-03-01 10:00:00' END AS IssuedAt, n AS Sequence
            FROM range(8) r(n) WHERE n <> 5
            """
        );
        Parquet(
            "access/a",
            $"""
            SELECT TIMESTAMPTZ '2026-03-01 10:05:00+00' AS TimeGenerated, '{SampleFiles.Issuer}' AS Iss, 'j' || n AS Jti, 'k1' AS Kid,
                CASE WHEN n <> 3 THEN sha256(CASE WHEN n = 6 THEN 'x' ELSE 't' END || n) END AS SigningInputSha256,
                TIMESTAMP '2026-03-01 10:00:00' AS IssuedAt,
                CASE WHEN n = 7 THEN DATE '2026-02-01' ELSE DATE '2026-03-02' END AS ExpiresAt,
                200::SMALLINT AS StatusCode, true AS SignatureVerified
            FROM range(8) r(n)
            """
        );
        await using var logs = await OpenAsync();
        Assert.Equal((7, 1, 8, 0), (logs.Issued.Rows, logs.Issued.DamagedLines, logs.Access.Rows, logs.Access.BadLines));
        var found = await SampleFiles.JudgeAsync(logs);
        Assert.Equal(
            [(Verdict.Unissued, "j5"), (Verdict.Altered, "j6"), (Verdict.OutOfWindow, "j7")],
            found.Select(f => (f.Verdict, f.Token.Jti!)).Order()
        );
        Assert.Equal(
            new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero),
            found.Single(f => f.Verdict is Verdict.OutOfWindow).Token.ExpiresAt
        );
    }

    private void Parquet(string name, string select)
    {
        var path = _folder.Write($"{name}.parquet", "");
        using var duck = new DuckDB.NET.Data.DuckDBConnection("DataSource=:memory:");
        duck.Open();
        using var command = duck.CreateCommand();
        command.CommandText = $"SET TimeZone = 'UTC'; COPY ({select}) TO '{path.Replace("'", "''")}' (FORMAT parquet)";
        command.ExecuteNonQuery();
    }

    private Task<LogFiles> OpenAsync() =>
        LogFiles.OpenAsync(
            new([_folder.File("issued")], [_folder.File("access")], LogMapping.None),
            CaseEngine.Options,
            null,
            CancellationToken.None
        );
}
