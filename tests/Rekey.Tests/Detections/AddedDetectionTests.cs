using Rekey.Core;
using Rekey.Detections;
using Rekey.Findings;
using Rekey.Tests.Detections.Logs;

namespace Rekey.Tests.Detections;

/// <summary>A folder is added, with a detection that yields a verdict that there is: it runs, and what follows is as with any other. A
/// quiet one is counted, and nothing follows.</summary>
public sealed class AddedDetectionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rekey-detections-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_live_one_is_recorded_told_blocked_by_its_file_and_taken_back_when_the_issuance_comes()
    {
        var watch = await WithoutUnissuedAsync();
        watch.Detections.Add(Add("odd-clients", isLive: true, "low", "tokens", "\"verdicts\": [\"unissued\"], ", "block"));
        var (late, forged) = (watch.Token(), watch.Token());
        watch.Use(late);
        watch.Use(forged);
        var report = await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));

        Assert.Equal(2, report.Rows["odd-clients"]);
        Assert.DoesNotContain("odd-clients", report.Quiet);
        var finding = watch.Finding("tokens-unissued")!;
        Assert.Equal(("odd-clients", Severity.Low), (finding.Evidence["detection"], finding.Severity));
        Assert.Equal(2, watch.Blocks.ById.Count);

        watch.Issue(late);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Equal([forged.Id], watch.Raised(Verdict.Unissued));
        Assert.Equal([forged.SigningInputSha256], watch.Blocks.ById.Values.Select(b => b.Value));
    }

    [Fact]
    public async Task A_quiet_one_is_counted_and_makes_no_campaign_no_finding_and_no_block()
    {
        var watch = await WithoutUnissuedAsync();
        watch.Detections.Add(Add("odd-clients", isLive: false, "critical", "tokens", "\"verdicts\": [\"unissued\"], ", "block"));
        watch.Forge(3);
        var report = await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        Assert.Equal(3, report.Rows["odd-clients"]);
        Assert.Contains("odd-clients", report.Quiet);
        Assert.Empty(watch.Campaigns.All);
        Assert.Empty(watch.Company.Findings.ById);
        Assert.Empty(watch.Blocks.Ever);
    }

    [Fact]
    public async Task A_quiet_one_of_gaps_is_run_and_counted_and_holds_nothing()
    {
        var watch = await Watch.StartAsync();
        watch.Detections.RemoveAll(d => d.Yields is DetectionRows.Gaps);
        watch.Detections.Add(Add("my-issuance-gap", isLive: false, "high", "gaps", "", "hold"));
        watch.Issue(watch.Token(), "pod-a", 1);
        watch.Issue(watch.Token(), "pod-a", 4);
        var forged = watch.Token();
        watch.Use(forged);
        var report = await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        Assert.True(report.Rows["my-issuance-gap"] > 0);
        Assert.Contains("my-issuance-gap", report.Quiet);
        Assert.Equal([forged.Id], watch.Raised(Verdict.Unissued));
        Assert.Null(watch.Finding(FindingKinds.IssuanceGap));
        Assert.Empty(watch.Gaps.All);
    }

    [Fact]
    public async Task A_quiet_one_keeps_no_token_that_turned_out_honest()
    {
        var watch = await Watch.StartAsync();
        watch.Detections.Add(
            Add("odd-clients", isLive: false, "critical", "tokens", "\"verdicts\": [\"unidentified\", \"unissued\"], ", "block")
        );
        var token = watch.Token();
        watch.Use(token);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(15));
        watch.Issue(token);
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Empty(watch.Raised(Verdict.Unissued));
    }

    private static async Task<Watch> WithoutUnissuedAsync()
    {
        var watch = await Watch.StartAsync(o => o.Rotations.Mode = ResponseMode.Observe);
        watch.Detections.RemoveAll(d => d.Id == "unissued");
        return watch;
    }

    /// <summary>As it is read when it comes with the build.</summary>
    private Detection Add(string id, bool isLive, string severity, string yields, string verdicts, string response)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "detections", id)).FullName;
        File.WriteAllText(
            Path.Combine(folder, "detection.json"),
            $$"""
            { "id": "{{id}}", "title": "Odd.", "severity": "{{severity}}", "yields": "{{yields}}",
             {{verdicts}}"response": "{{response}}", "live": {{(isLive ? "true" : "false")}} }
            """
        );
        File.WriteAllText(Path.Combine(folder, "query.sql"), "SELECT 1");
        File.WriteAllText(Path.Combine(folder, "query.kql"), "TokenIssuance");
        return DetectionCatalog.Read(id, name => File.ReadAllText(Path.Combine(_folder, name)));
    }
}
