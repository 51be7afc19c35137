using System.Text.Json;
using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Commands;

/// <summary><c>rekey sweep</c>: what goes where, how it ends, what it explains.</summary>
public sealed class SweepCommandTests(SampleFixture sample) : IClassFixture<SampleFixture>
{
    [Fact]
    public async Task The_table_goes_to_standard_output_without_escapes_and_progress_to_standard_error()
    {
        var run = (await sample.SweepAsync()).Ended(2);
        Assert.DoesNotContain('\u001b', run.Output + run.Error);
        foreach (var verdict in sample.Truth.GetProperty("verdicts").EnumerateObject())
        {
            var row = run
                .Output.Split('\n')
                .First(l => l.Contains($" {verdict.Name} ", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(
                [
                    verdict.Name,
                    $"{verdict.Value.GetProperty("tokens").GetInt32():N0}",
                    $"{verdict.Value.GetProperty("accesses").GetInt64():N0}",
                ],
                row[..3]
            );
        }

        var damage = sample.Truth.GetProperty("damage");
        Assert.Contains(
            $"{damage.GetProperty("tokens").GetInt32():N0} tokens, {damage.GetProperty("accesses").GetInt32():N0} accesses, "
                + $"{damage.GetProperty("subjects").GetInt32():N0} subjects, from 2,313 addresses",
            run.Output,
            StringComparison.Ordinal
        );
        Assert.Contains($"{damage.GetProperty("daysExposed").GetInt32()} day(s) exposed", run.Output, StringComparison.Ordinal);
        Assert.Contains("Forged tokens were found", run.Output, StringComparison.Ordinal);
        Assert.Contains("accesses in", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("reading accesses", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_windows_no_key_is_judged_and_the_table_says_so()
    {
        // Beside the folder of the issuances there is none.
        using var folder = new TemporaryFolder();
        var issued = Directory.CreateDirectory(folder["issued"]).FullName;
        Directory.GetFiles(sample.Issued).ToList().ForEach(f => File.Copy(f, Path.Combine(issued, Path.GetFileName(f))));
        var run = (await Tool.RunAsync("sweep", "--issued", issued, "--access", sample.Access, "--quiet")).Ended(2);
        Assert.Empty(run.Error);
        Assert.Equal(2, run.Output.Split('\n').Count(l => l.Contains("not judged: no trust windows were given", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Windows_beside_the_folder_of_the_issuances_are_taken_and_that_is_said_and_others_can_be_named()
    {
        Assert.Empty((await sample.SweepShortAsync("--quiet")).Ended(2).Error);
        var run = (await sample.SweepShortAsync("--output", "json")).Ended(2);
        Assert.Contains($"note: the sweep judges keys by the trust windows in {sample.Windows}", run.Error, StringComparison.Ordinal);
        Assert.Contains("\"retired-key\"", run.Output, StringComparison.Ordinal);
        Assert.True(Tokens(JsonDocument.Parse(run.Output).RootElement.GetProperty("verdicts"), "retired-key") > 0);

        using var folder = new TemporaryFolder();
        var none = (await sample.SweepShortAsync("--quiet", "--windows", folder.Write("none.json", "[]"))).Ended(2);
        Assert.Empty(none.Error);
        Assert.Contains("not judged: no trust windows were given", none.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Days_exposed_reach_to_the_end_of_the_keys_trust_where_that_came_later_than_the_last_use()
    {
        using var folder = new TemporaryFolder();
        foreach (var (until, days) in new[] { ("2026-01-04T12:00:00Z", 3), ("2026-01-01T18:00:00Z", 1), ("2999-01-01T00:00:00Z", 1) })
        {
            // The issuer logs until the forged token is used: no silence may explain it.
            folder.Write(
                "issued/i.ndjson",
                """
                {"TimeGenerated":"2026-01-01T11:00:00Z","Iss":"i","Jti":"honest"}
                {"TimeGenerated":"2026-01-02T09:59:00Z","Iss":"i","Jti":"honest too"}
                """
            );
            folder.Write("access/a.ndjson", """{"TimeGenerated":"2026-01-02T10:00:00Z","Iss":"i","Jti":"forged","Kid":"k"}""" + "\n");
            var windows = folder.Write(
                "windows.json",
                $$"""
                [{"iss":"i","kid":"k","trustedFrom":"2026-01-01T00:00:00Z","issuedUntil":"2026-01-01T00:00:00Z",
                 "trustedUntil":"{{until}}"}]
                """
            );
            var run = (
                await Tool.RunAsync(
                    "sweep",
                    "--issued",
                    folder["issued"],
                    "--access",
                    folder["access"],
                    "--windows",
                    windows,
                    "--output",
                    "json",
                    "--quiet"
                )
            ).Ended(2);
            Assert.Equal(days, JsonDocument.Parse(run.Output).RootElement.GetProperty("damages")[0].GetProperty("daysExposed").GetInt32());
        }
    }

    [Fact]
    public async Task Explain_ends_with_1_when_lines_could_not_be_read_and_what_could_be_is_not_forged()
    {
        using var folder = new TemporaryFolder();
        folder.Write("issued/i.ndjson", """{"TimeGenerated":"2026-01-01T11:00:00Z","Iss":"i","Jti":"honest"}""" + "\n");
        var access = folder.Write(
            "access/a.ndjson",
            """{"TimeGenerated":"2026-01-01T11:01:00Z","Iss":"i","Jti":"honest"}""" + "\nnot a line\n"
        );
        var run = (
            await Tool.RunAsync("sweep", "--issued", folder["issued"], "--access", folder["access"], "--explain", "honest", "--quiet")
        ).Ended(1);
        Assert.Contains("1 line(s) of accesses could not be read", run.Error, StringComparison.Ordinal);
        (await Tool.RunAsync("sweep", "--issued", folder["issued"], "--access", folder["access"], "--quiet")).Ended(1);
        File.WriteAllText(access, """{"TimeGenerated":"2026-01-01T11:01:00Z","Iss":"i","Jti":"honest"}""" + "\n");
        (await Tool.RunAsync("sweep", "--issued", folder["issued"], "--access", folder["access"], "--explain", "honest", "--quiet")).Ended(
            0
        );
    }

    [Fact]
    public async Task Limits_and_skew_are_the_callers()
    {
        var run = (
            await sample.SweepAsync(
                "--max-networks",
                "1000",
                "--max-addresses",
                "2000",
                "--skew",
                "20d",
                "--verifier-cache",
                "0s",
                "--output",
                "json",
                "--quiet"
            )
        ).Ended(2);
        var verdicts = JsonDocument.Parse(run.Output).RootElement.GetProperty("verdicts");
        Assert.Equal((0, 0, 0), (Tokens(verdicts, "shared"), Tokens(verdicts, "out-of-window"), Tokens(verdicts, "verifier-lag")));
    }

    [Fact]
    public async Task With_output_the_file_holds_the_result_and_standard_output_is_empty()
    {
        using var folder = new TemporaryFolder();
        var run = (await sample.SweepAsync("--output", "json", "--out-file", folder["found.json"], "--quiet")).Ended(2);
        Assert.Empty(run.Output);
        Assert.Contains("Forged tokens were found", run.Error, StringComparison.Ordinal);
        Assert.True(
            JsonDocument
                .Parse(await File.ReadAllTextAsync(folder["found.json"], TestContext.Current.CancellationToken))
                .RootElement.GetProperty("foundForgery")
                .GetBoolean()
        );
        Assert.Equal([folder["found.json"]], Directory.GetFiles(folder.Path));
    }

    [Theory]
    [InlineData("unissued", "No issuance of https://login.market.example has this jti")]
    [InlineData("altered", " when issued and ")]
    [InlineData("out-of-window", "It was valid from ")]
    [InlineData("verifier-lag", "may cache the key for")]
    [InlineData("shared", "addresses in ")]
    public async Task Explain_shows_both_sides_and_says_why(string verdict, string because)
    {
        var jti = sample.JtiOf(verdict);
        var run = (await sample.SweepAsync("--explain", jti, "--quiet")).Ended(verdict is "unissued" or "altered" ? 2 : 0);
        Assert.Contains(jti, run.Output, StringComparison.Ordinal);
        Assert.Contains($"{verdict}: ", run.Output, StringComparison.Ordinal);
        Assert.Contains(because, run.Output, StringComparison.Ordinal);
        Assert.Contains(verdict == "unissued" ? "issued: no line" : "issued: 1 line", run.Output, StringComparison.Ordinal);
        Assert.Contains("SrcIpAddr", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_of_a_jti_that_nobody_logged_says_so()
    {
        var run = (await sample.SweepAsync("--explain", "never-seen", "--quiet")).Ended(1);
        Assert.Contains("Neither log has it", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--output", "xml")]
    [InlineData("--max-networks", "0")]
    [InlineData("--skew", "soon")]
    [InlineData("--memory-limit", "lots")]
    [InlineData("--memory-limit", "1MB")]
    [InlineData("--windows", "nowhere.json")]
    [InlineData("--map", "nowhere.json")]
    [InlineData("--issued", "nowhere")]
    public async Task What_makes_no_sense_ends_with_1_and_a_reason_on_standard_error(string option, string value)
    {
        var run = (await sample.SweepAsync(option, value)).Ended(1);
        Assert.NotEmpty(run.Error);
        Assert.DoesNotContain("   at Rekey", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Verdicts", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_two_paths_it_is_a_usage_error() => (await Tool.RunAsync("sweep")).Ended(1);

    private static int Tokens(JsonElement verdicts, string verdict) => verdicts.GetProperty(verdict).GetProperty("tokens").GetInt32();
}
