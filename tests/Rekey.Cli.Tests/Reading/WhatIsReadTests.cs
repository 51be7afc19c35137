using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Reading;

/// <summary>Logs are found under any name, through links and patterns, packed, and on standard input.</summary>
public sealed class WhatIsReadTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public WhatIsReadTests() => _folder.WriteHonest();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("b.ndjson")]
    [InlineData("b.log")]
    [InlineData("b.ndjson.1")]
    [InlineData("b.log-20260101")]
    [InlineData("b")]
    public async Task Json_lines_are_read_under_any_name(string name)
    {
        _folder.Write($"access/{name}", SmallLogs.Access(SmallLogs.Forged));
        await FindsTheForgedAsync();
        File.Delete(_folder["access", name]);
        _folder.Write($"access/{name}", SmallLogs.Header + SmallLogs.CsvAccess(SmallLogs.Forged));
        if (!name.EndsWith(".ndjson", StringComparison.Ordinal))
        {
            await FindsTheForgedAsync();
        }
    }

    [Theory]
    [InlineData("b.ndjson.gz", true)]
    [InlineData("b.log.1.gz", true)]
    [InlineData("b.log.1", true)]
    [InlineData("b.ndjson.zst", false)]
    [InlineData("b.log.zst", false)]
    [InlineData("b.log.1", false)]
    public async Task Packed_logs_are_read_under_any_name(string name, bool isGzip)
    {
        foreach (
            var content in new[]
            {
                SmallLogs.Access(SmallLogs.Forged),
                $"[{SmallLogs.Access("honest")},{SmallLogs.Access(SmallLogs.Forged)}]",
                SmallLogs.Header + SmallLogs.CsvAccess(SmallLogs.Forged),
            }
        )
        {
            if (name.Contains(".ndjson", StringComparison.Ordinal) && content[0] != '{')
            {
                continue;
            }

            await using (var file = File.Create(_folder["access", name]))
            {
                await using Stream packed = isGzip ? new GZipStream(file, CompressionLevel.Fastest) : new ZstdSharp.CompressionStream(file);
                await packed.WriteAsync(Encoding.UTF8.GetBytes(content), TestContext.Current.CancellationToken);
            }

            await FindsTheForgedAsync();
        }
    }

    [Fact]
    public async Task Links_to_files_and_folders_are_followed_once()
    {
        var elsewhere = _folder.Write("elsewhere/day/pod.log", SmallLogs.Access(SmallLogs.Forged));
        File.CreateSymbolicLink(_folder["access", "link.log"], elsewhere);
        Assert.Equal(5, await FindsTheForgedAsync());
        Directory.CreateSymbolicLink(_folder["access", "linked"], _folder["elsewhere"]);
        Directory.CreateSymbolicLink(_folder["elsewhere", "day", "circle"], _folder["access"]);
        Assert.Equal(5, await FindsTheForgedAsync());
        File.Delete(_folder["access", "link.log"]);
        Assert.Equal(5, await FindsTheForgedAsync());
    }

    [Fact]
    public async Task A_named_link_is_read_and_so_is_a_file_below_a_linked_folder()
    {
        _folder.Write("real/day/b.ndjson", SmallLogs.Access(SmallLogs.Forged));
        File.CreateSymbolicLink(_folder["current.ndjson"], _folder["real", "day", "b.ndjson"]);
        Directory.CreateSymbolicLink(_folder["linked"], _folder["real"]);
        foreach (var path in new[] { _folder["current.ndjson"], _folder["linked"], _folder["linked", "day", "b.ndjson"] })
        {
            var run = (await Tool.RunAsync("sweep", "--issued", _folder["issued"], "--access", path, "--quiet")).Ended(2);
            Assert.Contains(SmallLogs.Forged, run.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("access/**/*.ndjson", 3)]
    [InlineData("access/**", 3)]
    [InlineData("access/*/edge-?/*.ndjson", 1)]
    [InlineData("acc*/2026-0?", 2)]
    [InlineData("access/**/b.ndjson", 1)]
    public async Task A_pattern_may_have_wildcards_in_any_part(string pattern, int files)
    {
        _folder.Write("access/2026-01/edge-1/b.ndjson", SmallLogs.Access(SmallLogs.Forged));
        _folder.Write("access/2026-01/c.ndjson", SmallLogs.Access("honest"));
        _folder.Write("access/2026-01/.hidden.ndjson", "not for a pattern");
        var run = (await Tool.RunAsync("sweep", "--issued", _folder["issued"], "--access", _folder[pattern])).Ended(2);
        Assert.Contains($"in {files} file(s) read.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Standard_input_is_a_log_of_any_format()
    {
        foreach (var content in new[] { SmallLogs.Access(SmallLogs.Forged), SmallLogs.Header + SmallLogs.CsvAccess(SmallLogs.Forged) })
        {
            var (exitCode, output) = await PipeAsync(content, "sweep", "--issued", _folder["issued"], "--access", "-", "--quiet");
            Assert.Equal(2, exitCode);
            Assert.Contains(SmallLogs.Forged, output, StringComparison.Ordinal);
        }

        var (suggested, map) = await PipeAsync(
            SmallLogs.Access("x"),
            "sweep",
            "--issued",
            _folder["issued"],
            "--access",
            "-",
            "--suggest-map"
        );
        Assert.Equal(0, suggested);
        Assert.Contains("\"GatewayAccess\"", map, StringComparison.Ordinal);
        Assert.Equal(1, (await PipeAsync("", "sweep", "--issued", _folder["issued"], "--access", "-")).ExitCode);
        var twice = (await Tool.RunAsync("sweep", "--issued", "-", "--access", "-")).Ended(1);
        Assert.Contains("only once", twice.Error, StringComparison.Ordinal);
    }

    /// <returns>The number of accesses that were read.</returns>
    private async Task<long> FindsTheForgedAsync()
    {
        var run = (await _folder.SweepAsync("--output", "json")).Ended(2);
        var json = System.Text.Json.JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal([SmallLogs.Forged], json.GetProperty("sightings").EnumerateArray().Select(s => s.GetProperty("jti").GetString()));
        Assert.True(json.GetProperty("readEverything").GetBoolean(), run.Error);
        return json.GetProperty("accesses").GetInt64();
    }

    private static async Task<(int ExitCode, string Output)> PipeAsync(string input, params string[] arguments)
    {
        var start = new ProcessStartInfo(Tool.Program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output);
    }
}
