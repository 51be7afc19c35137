using System.Text.Json;
using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Detections;

/// <summary>SARIF 2.1.0 and OCSF 1.8 as their standards require them.</summary>
public sealed class StandardFormatsTests(SampleFixture sample) : IClassFixture<SampleFixture>
{
    private static readonly string[] Levels = ["none", "note", "warning", "error"];

    /// <summary>The members that the SARIF schema knows of the objects used here; it allows no others.</summary>
    private static readonly Dictionary<string, string[]> Known = new()
    {
        ["log"] = ["$schema", "version", "runs"],
        ["run"] = ["tool", "invocations", "results", "columnKind"],
        ["driver"] = ["name", "semanticVersion", "rules"],
        ["rule"] = ["id", "name", "shortDescription", "fullDescription", "help", "defaultConfiguration", "properties"],
        ["result"] = ["ruleId", "ruleIndex", "level", "message", "occurrenceCount", "locations", "partialFingerprints", "properties"],
        ["location"] = ["physicalLocation", "logicalLocations"],
        ["invocation"] = ["executionSuccessful", "endTimeUtc", "toolExecutionNotifications"],
    };

    [Fact]
    public async Task Sarif_has_what_the_schema_requires_and_a_result_for_each_campaign()
    {
        var log = JsonDocument.Parse((await sample.SweepAsync("--output", "sarif", "--quiet")).Ended(2).Output).RootElement;
        Only("log", log);
        Assert.Equal("2.1.0", log.GetProperty("version").GetString());
        var run = Assert.Single(log.GetProperty("runs").EnumerateArray());
        Only("run", run);
        var driver = run.GetProperty("tool").GetProperty("driver");
        Only("driver", driver);
        Assert.Equal("rekey", driver.GetProperty("name").GetString());
        var rules = driver.GetProperty("rules").EnumerateArray().ToList();
        Assert.Equal(
            ["unissued", "altered", "out-of-window", "retired-key", "verifier-lag", "unidentified", "shared", "malformed-claims"],
            rules.Select(r => r.GetProperty("id").GetString())
        );
        foreach (var rule in rules)
        {
            Only("rule", rule);
            Assert.All(new[] { "shortDescription", "fullDescription", "help" }, m =>
                Assert.NotEmpty(rule.GetProperty(m).GetProperty("text").GetString()!)
            );
            Assert.Contains(rule.GetProperty("defaultConfiguration").GetProperty("level").GetString(), Levels);
        }

        var invocation = Assert.Single(run.GetProperty("invocations").EnumerateArray());
        Only("invocation", invocation);
        Assert.True(invocation.GetProperty("executionSuccessful").GetBoolean());
        var results = run.GetProperty("results").EnumerateArray().ToList();
        var campaigns = sample
            .Truth.GetProperty("sightings")
            .EnumerateArray()
            .Select(s =>
                (
                    s.GetProperty("verdict").GetString(),
                    s.GetProperty("iss").GetString(),
                    s.TryGetProperty("kid", out var kid) ? kid.GetString() : null
                )
            )
            .Distinct()
            .Count();
        Assert.Equal(campaigns, results.Count);
        foreach (var result in results)
        {
            Only("result", result);
            Assert.Equal(
                result.GetProperty("ruleId").GetString(),
                rules[result.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString()
            );
            Assert.Contains(result.GetProperty("level").GetString(), Levels);
            Assert.NotEmpty(result.GetProperty("message").GetProperty("text").GetString()!);
            Assert.True(result.GetProperty("occurrenceCount").GetInt32() >= 1);
            var location = Assert.Single(result.GetProperty("locations").EnumerateArray());
            Only("location", location);
            Assert.Equal(
                new Uri(sample.Access).AbsoluteUri,
                location.GetProperty("physicalLocation").GetProperty("artifactLocation").GetProperty("uri").GetString()
            );
            Assert.InRange(result.GetProperty("properties").GetProperty("samples").GetArrayLength(), 1, 5);
        }

        Assert.Equal(
            results.Count,
            results.Select(r => r.GetProperty("partialFingerprints").GetProperty("rekeyFinding/v1").GetString()).Distinct().Count()
        );
        var worst = results[0];
        Assert.Equal(
            ("unissued", "error", 2_313),
            (
                worst.GetProperty("ruleId").GetString(),
                worst.GetProperty("level").GetString(),
                worst.GetProperty("properties").GetProperty("addresses").GetInt32()
            )
        );
    }

    [Fact]
    public async Task Ocsf_is_one_detection_finding_a_line_and_its_ids_do_not_change_from_run_to_run()
    {
        var (one, two) = (
            (await sample.SweepAsync("--output", "ocsf", "--quiet")).Ended(2),
            (await sample.SweepAsync("--output", "ocsf", "--quiet")).Ended(2)
        );
        var findings = Parse(one.Output);
        Assert.NotEmpty(findings);
        foreach (var finding in findings)
        {
            Assert.Equal(
                (2, 2004, 1, 200401),
                (Number(finding, "category_uid"), Number(finding, "class_uid"), Number(finding, "activity_id"), Number(finding, "type_uid"))
            );
            Assert.InRange(Number(finding, "severity_id"), 1, 5);
            Assert.InRange(finding.GetProperty("time").GetInt64(), 1_700_000_000_000, 9_999_999_999_999);
            Assert.True(finding.GetProperty("start_time").GetInt64() <= finding.GetProperty("end_time").GetInt64());
            Assert.Equal("1.8.0", finding.GetProperty("metadata").GetProperty("version").GetString());
            Assert.NotEmpty(finding.GetProperty("metadata").GetProperty("product").GetProperty("name").GetString()!);
            Assert.NotEmpty(finding.GetProperty("finding_info").GetProperty("uid").GetString()!);
            Assert.Equal(1, Number(finding.GetProperty("finding_info").GetProperty("analytic"), "type_id"));
            Assert.InRange(finding.GetProperty("evidences").GetArrayLength(), 1, 5);
            Assert.All(finding.GetProperty("resources").EnumerateArray(), r => Assert.Equal(3, Number(r, "role_id")));
        }

        Assert.Equal(Uids(findings), Uids(Parse(two.Output)));
        Assert.Equal(findings.Count, Uids(findings).Distinct().Count());
    }

    private static void Only(string kind, JsonElement element) =>
        Assert.Empty(element.EnumerateObject().Select(m => m.Name).Except(Known[kind]));

    private static List<JsonElement> Parse(string lines) =>
        [
            .. lines
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(l => JsonDocument.Parse(l).RootElement)
                .Where(e => Number(e, "class_uid") == 2004),
        ];

    private static List<string?> Uids(List<JsonElement> findings) =>
        [.. findings.Select(f => f.GetProperty("finding_info").GetProperty("uid").GetString())];

    private static int Number(JsonElement element, string member) => element.GetProperty(member).GetInt32();
}
