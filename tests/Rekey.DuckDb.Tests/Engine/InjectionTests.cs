using System.Text.Json;
using Rekey.Detections;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Mapping;
using Rekey.DuckDb.Tests.Detections;
using Rekey.DuckDb.Tests.Files;

namespace Rekey.DuckDb.Tests.Engine;

/// <summary>Names, paths and values are data, whatever stands in them, and the engine reads what it was given and nothing else.</summary>
public sealed class InjectionTests : IDisposable
{
    private const string Drop = "x'\"; DROP TABLE access; SELECT * FROM read_text('/etc/passwd'); --";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Drop)]
    [InlineData("we[i]rd*?")]
    [InlineData("Iss=evil")]
    [InlineData("{a,b}")]
    [InlineData("back\\slash")]
    [InlineData("new\nline %s $1 ?")]
    public async Task A_path_is_a_path(string name)
    {
        name = name.Replace('/', '_');
        foreach (var extension in new[] { "ndjson", "csv", "parquet" })
        {
            SampleFiles.Write(_folder, $"issued/{name}/{name}", extension, false, SampleFiles.Issued);
            SampleFiles.Write(_folder, $"access/{name}/{name}", extension, false, SampleFiles.Accessed);
        }

        _folder.Write("access/weird1x.ndjson.txt", "a file that a pattern would match");
        await using var logs = await LogFiles.OpenAsync(
            new([_folder.File("issued")], [_folder.File($"access/{name}")], LogMapping.None),
            CaseEngine.Options,
            null,
            CancellationToken.None
        );
        Assert.Equal((6, 9, 0), (logs.Issued.Rows, logs.Access.Rows, logs.Access.BadLines));
        Assert.Equal([Verdict.Altered, Verdict.Unissued], (await SampleFiles.JudgeAsync(logs)).Select(s => s.Verdict));
        Assert.Equal(3, (await logs.ExplainAsync("j2", CancellationToken.None)).Accesses.Select(a => a.File).Distinct().Count());
    }

    private static readonly string Nested = JsonSerializer.Serialize(new Dictionary<string, string> { [Drop] = "nested" });

    [Theory]
    [InlineData("ndjson")]
    [InlineData("csv")]
    [InlineData("parquet")]
    public async Task A_column_and_a_constant_are_what_they_are(string extension)
    {
        SampleFiles.Write(_folder, "issued/i", extension, false, SampleFiles.Issued);
        SampleFiles.Write(
            _folder,
            "access/a",
            extension,
            false,
            [SampleFiles.Row([.. SampleFiles.Accessed[0].Select(c => (c.Key == "Jti" ? Drop : c.Key, c.Value)), ("Nested", Nested)])]
        );
        var mapping = LogMapping.Parse(
            $$"""
            { "GatewayAccess": { "Jti": [{{JsonSerializer.Serialize(Drop)}}],
             "Sub": { "constant": {{JsonSerializer.Serialize(Drop)}} }, "Path": ["Nested", {{JsonSerializer.Serialize(Drop)}}] } }
            """,
            "m"
        );
        await using var logs = await LogFiles.OpenAsync(
            new([_folder.File("issued")], [_folder.File("access")], mapping),
            CaseEngine.Options,
            null,
            CancellationToken.None
        );
        Assert.Equal((1, 0), (logs.Access.Rows, logs.Access.BadLines));
        var seen = Assert.Single(
            await SampleFiles.JudgeAsync(logs, CaseEngine.Usual with { Windows = [new(Drop, Drop, DateTimeOffset.UnixEpoch, null, null)] })
        );
        Assert.Equal((Verdict.Altered, "j1", Drop), (seen.Verdict, seen.Token.Jti, seen.Token.Sub));
    }

    [Fact]
    public void Sql_reaches_no_other_file_and_cannot_open_the_door()
    {
        var other = _folder.Write("secret/other.csv", "a\n1\n");
        Directory.CreateDirectory(_folder.File("logs"));
        using var database = new LogDatabase(CaseEngine.Options, [_folder.File("logs")]);
        foreach (
            var sql in new[]
            {
                $"SELECT * FROM read_csv('{other}')",
                $"SELECT * FROM read_text('{_folder.File("logs")}/../secret/other.csv')",
                "SET enable_external_access = true",
                "SET lock_configuration = false",
                $"COPY (SELECT 1) TO '{_folder.File("out.csv")}'",
                $"ATTACH '{_folder.File("x.db")}'",
                "INSTALL httpfs",
                "LOAD httpfs",
                "SELECT * FROM read_csv('https://example.com/a.csv')",
            }
        )
        {
            Assert.ThrowsAny<Exception>(() => database.Execute(sql));
        }

        Assert.Equal([1], database.Query("SELECT 1", r => r.GetInt32(0)));
    }
}
