using System.Text;
using System.Text.Json;
using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Commands;

/// <summary>What people type by mistake is answered with what they meant.</summary>
public sealed class OptionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public OptionTests() => _folder.WriteHonest();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--mapping", "--map")]
    [InlineData("--widnows", "--windows")]
    [InlineData("--out", "--out-file")]
    [InlineData("--max-network", "--max-networks")]
    [InlineData("--nonsense", null)]
    public async Task An_unknown_option_is_called_so_wherever_it_stands(string option, string? meant)
    {
        string[] paths = ["--issued", _folder["issued"], "--access", _folder["access"]];
        foreach (
            var arguments in new string[][]
            {
                ["sweep", .. paths, option, "x"],
                ["sweep", option, "x", .. paths],
                ["sweep", .. paths, "--quiet", option],
            }
        )
        {
            var run = (await Tool.RunAsync(arguments)).Ended(1);
            Assert.StartsWith($"error: '{option}' is not an option of rekey sweep.", run.Error, StringComparison.Ordinal);
            Assert.Equal(meant is not null, run.Error.Contains("Did you mean", StringComparison.Ordinal));
            Assert.Contains(meant is null ? "rekey sweep --help" : $"Did you mean {meant}?", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_file_name_as_output_format_is_answered_with_out_file()
    {
        var run = (await _folder.SweepAsync("--output", "found.json")).Ended(1);
        Assert.Contains(
            "'found.json' is not an output format. Formats: table, json, ndjson, sarif, ocsf.",
            run.Error,
            StringComparison.Ordinal
        );
        Assert.Contains("--out-file", run.Error, StringComparison.Ordinal);
        Assert.Contains("Did you mean sweep?", (await Tool.RunAsync("swep")).Ended(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_default_that_the_help_shows_is_taken_as_a_value()
    {
        var help = (await Tool.RunAsync("sweep", "--help")).Ended(0).Output.ReplaceLineEndings(" ");
        var defaults = System.Text.RegularExpressions.Regex.Matches(
            help,
            @"(?<option>--[a-z-]+) <[^>]+>((?! --)[^\[])*\[default: (?<value>[^\]]+)\]",
            System.Text.RegularExpressions.RegexOptions.ExplicitCapture,
            TimeSpan.FromSeconds(5)
        );
        Assert.Contains(defaults, d => d.Groups["option"].Value == "--memory-limit");
        (await _folder.SweepAsync([.. defaults.SelectMany(d => new[] { d.Groups["option"].Value, d.Groups["value"].Value })])).Ended(0);
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public async Task Windows_are_read_in_any_unicode_encoding(string encoding)
    {
        var windows = $$"""[{"iss":"{{SmallLogs.Issuer}}","kid":"k","trustedFrom":"2026-01-01T00:00:00Z"}]""";
        await File.WriteAllTextAsync(_folder["w.json"], windows, Encoding.GetEncoding(encoding), TestContext.Current.CancellationToken);
        Assert.DoesNotContain("not judged", (await _folder.SweepAsync("--windows", _folder["w.json"])).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ndjson_is_the_json_result_line_by_line()
    {
        _folder.Write("access/b.ndjson", SmallLogs.Access(SmallLogs.Forged) + SmallLogs.Access("another"));
        var whole = JsonDocument.Parse((await _folder.SweepAsync("--output", "json")).Ended(2).Output).RootElement;
        var lines = (await _folder.SweepAsync("--output", "ndjson"))
            .Ended(2)
            .Output.TrimEnd('\n')
            .Split('\n')
            .Select(l => JsonDocument.Parse(l).RootElement)
            .ToList();
        Assert.Equal(["sighting", "sighting", "summary"], lines.Select(l => l.GetProperty("type").GetString()));
        Assert.Equal(
            whole.GetProperty("sightings").EnumerateArray().Select(s => s.GetProperty("jti").GetString()).Order(StringComparer.Ordinal),
            lines[..^1].Select(s => s.GetProperty("jti").GetString()).Order(StringComparer.Ordinal)
        );
        Assert.All(whole.EnumerateObject().Where(m => m.Name != "sightings"), m =>
            Assert.True(JsonElement.DeepEquals(m.Value, lines[^1].GetProperty(m.Name)), m.Name)
        );
    }
}
