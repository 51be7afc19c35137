namespace Rekey.DuckDb.Tests.Forms;

/// <summary>Equal sets of audiences are equal texts.</summary>
public sealed class AudienceFormTests
{
    private static readonly (object? Written, string? Read)[] Members =
    [
        ("api", "api"),
        ("https://api.example/v1?x=1#f", "https://api.example/v1?x=1#f"),
        ("api://8f6c", "api://8f6c"),
        (new[] { "b", "a" }, "a b"),
        (new[] { "a" }, "a"),
        (new[] { "b", "a", "b" }, "a b"),
        (Array.Empty<string>(), null),
        (new[] { "https://b.example/", "https://a.example/" }, "https://a.example/ https://b.example/"),
        ("b a", "a b"),
        ("b,a", "a b"),
        ("b, a", "a b"),
        ("b;a", "a b"),
        (" b  a ", "a b"),
        ("b\ta", "a b"),
        ("a,a", "a"),
        ("a,", "a"),
        ("https://b.example/,https://a.example/", "https://a.example/ https://b.example/"),
        ("""["b","a"]""", "a b"),
        (""" [ "b", "a" ] """, "a b"),
        ("""["https:\/\/a.example\/"]""", "https://a.example/"),
        ("[\"a\"]", "a"),
        ("\"a\"", "a"),
        ("\"b\",\"a\"", "a b"),
        ("[b, a]", "a b"),
        ("[]", null),
        (",", null),
        ("", null),
        (null, null),
    ];

    [Theory]
    [InlineData("ndjson")]
    [InlineData("csv")]
    [InlineData("parquet")]
    public async Task Audiences_are_a_sorted_set(string extension) => Assert.Equal(Members, await ReadAsync(extension, Members, "{}"));

    [Fact]
    public async Task A_mapping_may_name_another_separator()
    {
        (object?, string?)[] members = [("b|a", "a b"), (new[] { "b", "a|c" }, "a b c"), ("a", "a"), ("b,a", "a b")];
        var mapping = """{ "GatewayAccess": { "Aud": { "from": "Aud", "separator": "|" } } }""";
        Assert.Equal(members, await ReadAsync("ndjson", members, mapping));
        Assert.Equal(members, await ReadAsync("csv", members, mapping));
    }

    private static async Task<IReadOnlyList<(object?, string?)>> ReadAsync(
        string extension,
        (object? Written, string? Read)[] members,
        string mapping
    )
    {
        var read = await FormFiles.ReadAsync(extension, "Aud", members.Select(m => m.Written), mapping);
        return [.. members.Select((m, i) => (m.Written, read[i]!.Token.Aud))];
    }
}
