using Rekey.Detections;
using Rekey.Findings;

namespace Rekey.DuckDb.Tests.Detections;

/// <summary>A folder is a detection, and says what it is without a doubt.</summary>
public sealed class DetectionCatalogTests
{
    private const string Good = """
        { "id": "odd", "title": "Odd.", "severity": "low", "yields": "tokens",
         "verdicts": ["shared", "unissued"], "response": "report", "live": false }
        """;

    [Fact]
    public void The_detections_of_this_build_are_known()
    {
        var all = DetectionCatalog.LoadSql();
        Assert.Equal(
            Directory
                .GetDirectories(Path.Combine(AppContext.BaseDirectory, "detections"))
                .Select(Path.GetFileName)
                .Order(StringComparer.Ordinal),
            all.Select(d => d.Id)
        );
        Assert.Equal(Enum.GetValues<Verdict>(), all.SelectMany(d => d.Verdicts).Distinct().Order());
        Assert.All(all, d => Assert.Contains("SELECT", d.Sql));
        Assert.Equal(["unissued"], all.Where(d => d.Response is DetectionResponse.Block).Select(d => d.Id));
        Assert.Equal(
            ["issuance-gap", "silent-issuer"],
            all.Where(d => d.Yields is DetectionRows.Gaps && d.Response is DetectionResponse.Hold).Select(d => d.Id)
        );
    }

    /// <summary>A verdict that follows from the time of use must not follow from the time at which the line was received.</summary>
    [Fact]
    public void What_judges_by_the_time_of_use_asks_whether_it_is_known()
    {
        Verdict[] ofTime = [Verdict.OutOfWindow, Verdict.RetiredKey, Verdict.VerifierLag];
        Assert.All(DetectionCatalog.Load().Where(d => d.Verdicts.Any(ofTime.Contains)), d =>
        {
            Assert.Contains(LogViews.IsTimeKnown, d.Sql);
            Assert.Contains(LogViews.IsTimeKnown, d.Kql);
        });
    }

    [Fact]
    public void A_folder_is_read()
    {
        var odd = DetectionCatalog.Read("odd", Files(Good));
        Assert.Equal([Verdict.Shared, Verdict.Unissued], odd.Verdicts);
        Assert.Equal(
            new("odd", "Odd.", Severity.Low, null, DetectionRows.Tokens, DetectionResponse.Report, false, "the kql", "the sql")
            {
                Verdicts = odd.Verdicts,
            },
            odd
        );
    }

    [Theory]
    [InlineData("\"severity\": \"low\"", "\"severity\": \"awful\"")]
    [InlineData("\"severity\": \"low\"", "\"severity\": 2")]
    [InlineData("\"severity\": \"low\", ", "")]
    [InlineData("\"live\": false", "\"live\": false, \"quiet\": true")]
    [InlineData("\"live\": false", "\"live\": false, \"live\": true")]
    [InlineData("\"title\": \"Odd.\"", "\"title\": null")]
    [InlineData("\"id\": \"odd\"", "\"id\": \"even\"")]
    [InlineData("\"shared\", \"unissued\"", "")]
    [InlineData("\"verdicts\": [\"shared\", \"unissued\"], ", "")]
    [InlineData("\"yields\": \"tokens\"", "\"yields\": \"gaps\"")]
    [InlineData("\"unissued\"", "\"stolen\"")]
    [InlineData("{", "")]
    public void What_is_unknown_or_missing_is_refused_by_name(string part, string instead)
    {
        var e = Assert.Throws<InvalidOperationException>(() =>
            DetectionCatalog.Read("odd", Files(Good.Replace(part, instead, StringComparison.Ordinal)))
        );
        Assert.Contains("odd", e.Message);
    }

    private static Func<string, string> Files(string json) =>
        name =>
            name switch
            {
                "detections/odd/detection.json" => json,
                "detections/odd/query.kql" => "the kql",
                "detections/odd/query.sql" => "the sql",
                _ => throw new InvalidOperationException(name),
            };
}
