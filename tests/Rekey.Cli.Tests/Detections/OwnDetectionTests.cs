using System.Text.Json;
using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Detections;

/// <summary>A folder is added, and is a detection: it runs, live or quiet.</summary>
public sealed class OwnDetectionTests(SampleFixture sample) : IClassFixture<SampleFixture>
{
    /// <summary>Every access of one program, under a verdict that there is.</summary>
    private const string Query = """
        SELECT 'unissued' AS Verdict, Iss, Jti, Kid, Sub, Aud, IssuedAt, ExpiresAt, SigningInputSha256, KeyThumbprint,
            SignatureVerified, SrcIpAddr, min(TimeGenerated) AS FirstSeen, max(TimeGenerated) AS LastSeen, count(*) AS Accesses
        FROM GatewayAccess WHERE InBatch AND Jti IS NOT NULL GROUP BY ALL
        """;

    private const string Gaps = """
        SELECT Iss, 'any' AS IssuerInstance, min(TimeGenerated) AS "From", NULL::TIMESTAMP AS "To", NULL::BIGINT AS Missing
        FROM TokenIssuance GROUP BY Iss
        """;

    [Fact]
    public async Task A_live_one_is_found_like_any_other_with_the_severity_of_its_file()
    {
        using var folder = new TemporaryFolder();
        var (honest, own) = Honest(folder, isLive: true, "low");
        (await Tool.RunAsync([.. honest, "--quiet"])).Ended(0);

        var found = (await Tool.RunAsync([.. honest, "--detections", own, "--output", "sarif", "--quiet"])).Ended(2);
        var run = JsonDocument.Parse(found.Output).RootElement.GetProperty("runs")[0];
        var result = Assert.Single(run.GetProperty("results").EnumerateArray());
        Assert.Equal(("unissued", "note"), (result.GetProperty("ruleId").GetString(), result.GetProperty("level").GetString()));
        Assert.All(run.GetProperty("invocations")[0].GetProperty("toolExecutionNotifications").EnumerateArray(), n =>
            Assert.StartsWith("More than half", n.GetProperty("message").GetProperty("text").GetString(), StringComparison.Ordinal)
        );
        (await Tool.RunAsync([.. honest, "--detections", own, "--explain", "honest", "--quiet"])).Ended(2);
    }

    [Fact]
    public async Task A_quiet_one_is_counted_and_is_no_campaign_no_finding_and_no_exit_code()
    {
        using var folder = new TemporaryFolder();
        var (honest, own) = Honest(folder, isLive: false, "critical");
        Write(folder, "odd-gaps", isLive: false, "high", "gaps", "", Gaps);
        var table = (await Tool.RunAsync([.. honest, "--detections", own, "--quiet"])).Ended(0);
        Assert.Contains("quiet: odd-client: 1 token(s), 2 access(es) (unissued); counted only.", table.Output, StringComparison.Ordinal);
        Assert.Contains("quiet: odd-gaps: 1 gap(s); counted only.", table.Output, StringComparison.Ordinal);
        Assert.Contains("No forged token was found", table.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Campaigns", table.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("may have been issued", table.Output, StringComparison.Ordinal);
        (await Tool.RunAsync([.. honest, "--detections", own, "--explain", "honest", "--quiet"])).Ended(0);

        var json = JsonDocument
            .Parse((await Tool.RunAsync([.. honest, "--detections", own, "--output", "json", "--quiet"])).Ended(0).Output)
            .RootElement;
        Assert.Equal(
            (1, 1, 2),
            (
                json.GetProperty("quiet").GetProperty("odd-client").GetProperty("rows").GetInt32(),
                json.GetProperty("quiet").GetProperty("odd-client").GetProperty("tokens").GetInt32(),
                json.GetProperty("quiet").GetProperty("odd-client").GetProperty("accesses").GetInt32()
            )
        );
        Assert.Equal(1, json.GetProperty("quiet").GetProperty("odd-gaps").GetProperty("rows").GetInt32());
        Assert.All(new[] { "sightings", "campaigns", "damages", "issuanceGaps" }, name =>
            Assert.Empty(json.GetProperty(name).EnumerateArray())
        );
        Assert.False(json.GetProperty("foundForgery").GetBoolean());

        var ocsf = (await Tool.RunAsync([.. honest, "--detections", own, "--output", "ocsf", "--quiet"])).Ended(0);
        Assert.Contains("Scan Activity", Assert.Single(ocsf.Output.Trim().Split('\n')), StringComparison.Ordinal);
        Assert.Contains("quiet: odd-client: 1 token(s)", ocsf.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_two_live_ones_find_counts_once()
    {
        using var folder = new TemporaryFolder();
        var own = Write(
            folder,
            "again",
            isLive: true,
            "low",
            "tokens",
            "\"verdicts\": [\"unissued\"], ",
            File.ReadAllText(BuiltIn("unissued"))
        );
        var (once, twice) = (
            (await sample.SweepAsync("--output", "json", "--quiet")).Ended(2),
            (await sample.SweepAsync("--output", "json", "--quiet", "--detections", own)).Ended(2)
        );
        foreach (var member in new[] { "verdicts", "damages", "campaigns" })
        {
            Assert.True(
                JsonElement.DeepEquals(
                    JsonDocument.Parse(once.Output).RootElement.GetProperty(member),
                    JsonDocument.Parse(twice.Output).RootElement.GetProperty(member)
                )
            );
        }

        Assert.Equal(
            JsonDocument.Parse(once.Output).RootElement.GetProperty("sightings").GetArrayLength(),
            JsonDocument.Parse(twice.Output).RootElement.GetProperty("sightings").GetArrayLength()
        );
    }

    [Theory]
    [InlineData("unissued", "\"verdicts\": [\"unissued\"], ", "has the id of a built-in detection")]
    [InlineData("odd", "", "must list its verdicts")]
    [InlineData("odd", "\"verdicts\": [\"strange\"], ", "'strange' is not a verdict. A new verdict needs code")]
    public async Task One_that_is_not_as_it_must_be_is_refused_with_a_reason(string id, string verdicts, string reason)
    {
        using var folder = new TemporaryFolder();
        var run = (await sample.SweepAsync("--detections", Write(folder, id, isLive: true, "low", "tokens", verdicts, Query))).Ended(1);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }

    /// <summary>Logs in which nothing is wrong, and a detection that finds something all the same.</summary>
    private static (string[] Sweep, string Own) Honest(TemporaryFolder folder, bool isLive, string severity)
    {
        folder.Write("issued/i.ndjson", """{"TimeGenerated":"2026-01-01T11:00:00Z","Iss":"i","Jti":"honest"}""" + "\n");
        folder.Write(
            "access/a.ndjson",
            """{"TimeGenerated":"2026-01-01T11:01:00Z","Iss":"i","Jti":"honest","SrcIpAddr":"192.0.2.1"}"""
                + "\n"
                + """{"TimeGenerated":"2026-01-01T11:02:00Z","Iss":"i","Jti":"honest","SrcIpAddr":"192.0.2.1"}"""
                + "\n"
        );
        return (
            ["sweep", "--issued", folder["issued"], "--access", folder["access"], "--min-silence", "1000d"],
            Write(folder, "odd-client", isLive, severity, "tokens", "\"verdicts\": [\"unissued\"], ", Query)
        );
    }

    private static string Write(TemporaryFolder folder, string id, bool isLive, string severity, string yields, string verdicts, string sql)
    {
        folder.Write(
            $"own/{id}/detection.json",
            $$"""
            { "id": "{{id}}", "title": "Odd.", "severity": "{{severity}}", "yields": "{{yields}}", {{verdicts}}"response": "report",
             "live": {{(isLive ? "true" : "false")}} }
            """
        );
        folder.Write($"own/{id}/query.sql", sql);
        return folder["own"];
    }

    private static string BuiltIn(string id)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Functions.sln")))
        {
            folder = folder.Parent!;
        }

        return Path.Combine(folder.FullName, "src", "Rekey", "Detections", "Queries", id, "query.sql");
    }
}
