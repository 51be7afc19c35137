using Rekey.Sweeps;

namespace Rekey.DuckDb.Tests;

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
        Assert.Equal(new(SampleFiles.Issuer, "j2", "k1", "mallory", "api web", SampleFiles.At("10:00:00"), SampleFiles.At("11:00:00"), null, "tp", true), found[0].Token);
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

    private Task<LogFiles> OpenAsync() => LogFiles.OpenAsync(new([_folder.File("issued")], [_folder.File("access")], LogMapping.None), CaseEngine.Options, null, CancellationToken.None);
}
