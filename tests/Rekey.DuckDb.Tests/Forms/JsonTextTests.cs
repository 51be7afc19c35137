using Rekey.Detections;

namespace Rekey.DuckDb.Tests.Forms;

/// <summary>A path leads into JSON, and into a text that contains JSON, in every format.</summary>
public sealed class JsonTextTests
{
    private static readonly object Claims = new Dictionary<string, object>
    {
        ["sub"] = "ann",
        ["a/b~c"] = "k1",
        ["aud"] = new[] { "b", "a" },
        ["exp"] = 1790046245,
    };

    private const string Mapped = """
        { "GatewayAccess": { "Sub": "claims.sub", "Kid": ["claims", "a/b~c"], "Aud": "claims.aud", "ExpiresAt": "claims.exp" } }
        """;

    private const string SubMapped = """{ "GatewayAccess": { "Sub": "claims.sub" } }""";

    private const string Deeper = """
        { "GatewayAccess": { "Sub": "log.claims.sub", "Kid": ["log", "claims", "a/b~c"], "Aud": "log.claims.aud",
            "ExpiresAt": "log.claims.exp" } }
        """;

    [Theory]
    [InlineData("ndjson")]
    [InlineData("json")]
    [InlineData("csv")]
    [InlineData("parquet")]
    public async Task A_path_leads_into_a_text_with_json(string extension)
    {
        object[] members = [Claims, Json(Claims), $" {Json(Claims)}\n"];
        Assert.All(await FormFiles.ReadAsync(extension, "claims", members, Mapped), IsRead);
    }

    [Theory]
    [InlineData("ndjson")]
    [InlineData("csv")]
    [InlineData("parquet")]
    public async Task Texts_with_json_may_be_inside_each_other(string extension)
    {
        object[] members =
        [
            new Dictionary<string, object> { ["claims"] = Claims },
            new Dictionary<string, object> { ["claims"] = Json(Claims) },
            Json(new Dictionary<string, object> { ["claims"] = Claims }),
            Json(new Dictionary<string, object> { ["claims"] = Json(Claims) }),
        ];
        Assert.All(await FormFiles.ReadAsync(extension, "log", members, Deeper), IsRead);
    }

    [Fact]
    public async Task A_text_without_json_has_nothing_inside()
    {
        object?[] members = ["ann", "{", "", null, 5, "[1]", "{\"claims\":", new[] { "sub" }, "null", Json("sub"), Claims];
        var read = await FormFiles.ReadAsync("ndjson", "claims", members, SubMapped);
        Assert.All(read.SkipLast(1), s => Assert.Null(s!.Token.Sub));
        Assert.Equal("ann", read[^1]!.Token.Sub);
    }

    /// <summary>An identifier may be a number: it is its digits, however many.</summary>
    [Theory]
    [InlineData("ndjson")]
    [InlineData("json")]
    [InlineData("csv")]
    [InlineData("parquet")]
    public async Task A_number_is_its_digits(string extension)
    {
        string[] digits = ["7", "12345678901234567890", "99999999999999999999", "123456789012345678901234567890", "-9223372036854775809"];
        object[] numbers = [.. digits.Select(d => (object)FormFiles.Number(d))];
        Assert.Equal(digits, await SubjectsAsync("Sub", numbers, "{}"));
        Assert.Equal(
            digits,
            await SubjectsAsync("claims", [.. numbers.Select(n => new Dictionary<string, object> { ["sub"] = n })], SubMapped)
        );
        Assert.Equal(digits, await SubjectsAsync("claims", [.. digits.Select(d => $"{{\"sub\":{d}}}")], SubMapped));

        async Task<IEnumerable<string?>> SubjectsAsync(string column, object[] written, string mapping) =>
            (await FormFiles.ReadAsync(extension, column, written, mapping)).Select(s => s!.Token.Sub);
    }

    private static void IsRead(Sighting? seen) =>
        Assert.Equal(
            ("ann", "k1", "a b", DateTimeOffset.FromUnixTimeSeconds(1790046245)),
            (seen!.Token.Sub, seen.Token.Kid, seen.Token.Aud, seen.Token.ExpiresAt!.Value)
        );

    private static string Json(object value) => System.Text.Json.JsonSerializer.Serialize(value);
}
