using System.Globalization;
using Rekey.Detections;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Mapping;
using Rekey.DuckDb.Tests.Detections;
using Rekey.DuckDb.Tests.Files;

namespace Rekey.DuckDb.Tests.Forms;

/// <summary>Three honest tokens and one that nobody issued, whose logs have each value in another form: only that one is forged.</summary>
public sealed class HandedCaseTests : IDisposable
{
    private static readonly DateTimeOffset Used = new(2026, 11, 20, 10, 10, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a,b")]
    [InlineData("b a")]
    public async Task Audiences_in_one_text_are_the_array_of_the_issuer(string written)
    {
        WriteIssued(r => r["Aud"] = new[] { "b", "a" });
        WriteAccess(r => r["Aud"] = written);
        await OnlyTheForgedOneAsync();
    }

    [Fact]
    public async Task A_hash_in_base64url_is_the_one_in_hex()
    {
        string[] hex =
        [
            "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9",
            "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b",
            "d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35",
            "4e07408562bedb8b60ce05c1decfe3ad16b72230967de01f640b7e4729b49fce",
        ];
        WriteIssued(r => r["SigningInputSha256"] = hex[Index(r) - 1]);
        WriteAccess(r => r["SigningInputSha256"] = System.Buffers.Text.Base64Url.EncodeToString(Convert.FromHexString(hex[Index(r) - 1])));
        await OnlyTheForgedOneAsync();
    }

    [Theory]
    [InlineData(1_000_000L)]
    [InlineData(1_000_000_000L)]
    public async Task Microseconds_and_nanoseconds_are_times(long perSecond)
    {
        WriteIssued(_ => { });
        WriteAccess(r => r["TimeGenerated"] = (Used.ToUnixTimeSeconds() + Index(r)) * perSecond);
        await OnlyTheForgedOneAsync();
    }

    /// <summary>A mapping that was made for one stream names the wrong unit for another one.</summary>
    [Fact]
    public async Task A_number_in_the_wrong_unit_is_no_time_of_the_year_9999()
    {
        WriteIssued(_ => { });
        WriteAccess(r => r["TimeGenerated"] = $"{(Used.ToUnixTimeSeconds() + Index(r)) * 1_000_000_000}");
        var found = await JudgeAsync(
            """{ "GatewayAccess": { "TimeGenerated": { "from": "TimeGenerated", "form": "epoch-milliseconds" } } }"""
        );
        Assert.DoesNotContain(found, s => s.FirstSeen.Year > 2026);
        Assert.DoesNotContain(found, s => s.Verdict is Verdict.OutOfWindow);
    }

    [Fact]
    public async Task Json_in_a_text_of_a_line_is_read()
    {
        WriteIssued(_ => { });
        WriteAccess(r =>
        {
            r["Claims"] = $$"""{"jti": "{{r["Jti"]}}", "sub": "{{r["Sub"]}}"}""";
            r.Remove("Jti");
            r.Remove("Sub");
        });
        await OnlyTheForgedOneAsync("""{ "GatewayAccess": { "Jti": "Claims.jti", "Sub": "Claims.sub" } }""");
    }

    [Theory]
    [InlineData("192.0.2.7:{0}")]
    [InlineData("[2a02:cf40::4e36]:{0}")]
    public async Task Connections_of_one_address_are_one_address(string written)
    {
        WriteIssued(_ => { });
        SampleFiles.Write(
            _folder,
            "access/a",
            "ndjson",
            false,
            [
                .. Enumerable
                    .Range(40_000, 60)
                    .Select(port => Row(1, r => r["SrcIpAddr"] = string.Format(CultureInfo.InvariantCulture, written, port))),
            ]
        );
        Assert.Empty(await JudgeAsync("{}"));
    }

    private async Task OnlyTheForgedOneAsync(string mapping = "{}") =>
        Assert.Equal(
            (Verdict.Unissued, "j4", Used.AddSeconds(4)),
            (await JudgeAsync(mapping)).Select(s => (s.Verdict, s.Token.Jti!, s.FirstSeen)).Single()
        );

    private async Task<List<Sighting>> JudgeAsync(string mapping)
    {
        await using var logs = await LogFiles.OpenAsync(
            new([_folder.File("issued")], [_folder.File("access")], LogMapping.Parse(mapping, "m")),
            CaseEngine.Options,
            null,
            CancellationToken.None
        );
        return await SampleFiles.JudgeAsync(logs);
    }

    private void WriteIssued(Action<Dictionary<string, object?>> change) =>
        SampleFiles.Write(
            _folder,
            "issued/i",
            "ndjson",
            false,
            [.. Enumerable.Range(1, 3).Select(n => Row(n, change, TimeSpan.FromMinutes(-9)))]
        );

    private void WriteAccess(Action<Dictionary<string, object?>> change) =>
        SampleFiles.Write(_folder, "access/a", "ndjson", false, [.. Enumerable.Range(1, 4).Select(n => Row(n, change))]);

    private static Dictionary<string, object?> Row(int n, Action<Dictionary<string, object?>> change, TimeSpan? earlier = null)
    {
        var row = new Dictionary<string, object?>
        {
            ["TimeGenerated"] = (Used.AddSeconds(n) + (earlier ?? TimeSpan.Zero)).ToString(
                "yyyy-MM-dd'T'HH:mm:ss'Z'",
                CultureInfo.InvariantCulture
            ),
            ["Iss"] = "https://idp.example",
            ["Jti"] = $"j{n}",
            ["Kid"] = "k1",
            ["Sub"] = $"u{n}",
            ["Aud"] = "api",
            ["IssuedAt"] = "2026-11-20T10:01:00Z",
            ["ExpiresAt"] = "2026-11-20T11:01:00Z",
            ["SrcIpAddr"] = "192.0.2.7",
        };
        change(row);
        return row;
    }

    private static int Index(Dictionary<string, object?> row) => int.Parse(((string)row["Jti"]!)[1..], CultureInfo.InvariantCulture);
}
