using System.Text.Json.Nodes;
using Rekey.Azure.Tests.LogAnalytics.Parser;

namespace Rekey.Azure.Tests.LogAnalytics.Queries;

/// <summary>
/// The KQL on the cases that the SQL is tested with. No engine of Microsoft's runs here: a small evaluator does, over the tree of
/// Microsoft's parser, by what the reference says of nulls, joins and order. It shows what a query says, not what Log Analytics does.
/// </summary>
[Collection(nameof(KqlParser))]
public sealed class KqlDetectionCaseTests(KqlParser parser)
{
    private const string Rows = """
        "TokenIssuance": [{"TimeGenerated": "2026-03-01T10:00:00Z", "Iss": "a", "Sequence": 1},
          {"TimeGenerated": "2026-03-01T10:00:00Z", "Iss": "b"}, {"TimeGenerated": "2026-03-01T10:00:00Z"}], "GatewayAccess": []
        """;

    [Fact]
    public async Task Every_query_yields_the_rows_of_its_cases()
    {
        (string Name, string Query, string File)[] cases =
        [
            .. from name in DetectionQueries.Names
            let folder = Path.Combine(DetectionQueries.Folder, name, "cases")
            where Directory.Exists(folder)
            from file in Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal)
            let text = File.ReadAllText(file)
            select ($"{name}/{Path.GetFileName(file)}", Parameters(text) + DetectionQueries.Kql(name), text),
        ];

        var runs = await parser.RunAsync([.. cases.Select(c => (c.Query, c.File))]);

        Assert.Empty(
            cases
                .Zip(runs)
                .Where(c => c.Second.Missing.Count + c.Second.Surplus.Count > 0)
                .Select(c => $"{c.First.Name}: missing {string.Join(" ", c.Second.Missing)}; surplus {string.Join(" ", c.Second.Surplus)}")
        );
    }

    /// <summary>The rules that KQL and SQL part on.</summary>
    [Theory]
    [InlineData("where Sequence != 1", "b", "")]
    [InlineData("where Sequence == 1", "a")]
    [InlineData("where not(Sequence == 1)", "b", "")]
    [InlineData("where not(Sequence > 0)")]
    [InlineData("where Sequence > 0 or Iss == 'b'", "a", "b")]
    [InlineData("where isempty(Iss)", "")]
    [InlineData("where Iss != 'a'", "b", "")]
    [InlineData("join kind=inner (LoggedIssuance) on Sequence", "a")]
    [InlineData("join kind=leftanti (LoggedIssuance) on Sequence", "b", "")]
    [InlineData("join kind=inner (LoggedIssuance) on Iss", "a", "b", "")]
    [InlineData("summarize N = countif(Sequence > 0) by Iss | where N == 0", "b", "")]
    [InlineData("summarize N = count() by Sequence | where N == 2 | extend Iss = 'two nulls are one group'", "two nulls are one group")]
    [InlineData("sort by Iss desc | where next(Iss) == 'a'", "b")]
    public async Task The_evaluator_does_what_the_reference_says_of_nulls_and_empty_texts(string operators, params string[] expected)
    {
        // A row with an empty Iss is a row all the same: marked, or it would not be seen.
        var query = $"LoggedIssuance | {operators} | project Iss = iff(isempty(Iss), 'none', Iss)";
        var rows = string.Join(", ", expected.Select(e => $$"""{"Iss": "{{(e.Length == 0 ? "none" : e)}}"}"""));

        var run = Assert.Single(await parser.RunAsync([(query, $$"""{ {{Rows}}, "expected": [{{rows}}] }""")]));

        Assert.Empty(run.Missing);
        Assert.Empty(run.Surplus);
    }

    private static string Parameters(string text)
    {
        var given = JsonNode.Parse(text)!;
        return $"""
            let ClockSkew = 2m;
            let MaxTokenLifetime = 1h;
            let VerifierCacheTime = 1h;
            let MinSilence = 10m;
            let MaxNetworksPerToken = long({given["parameters"]?["maxNetworksPerToken"] ?? 3});
            let MaxAddressesPerToken = long({given["parameters"]?["maxAddressesPerToken"] ?? 10});
            let ArrivedUntil = datetime({given["arrivedUntil"] ?? "2026-03-01T12:00:00Z"});

            """;
    }
}
