using System.Runtime.Versioning;
using System.Text.Json;
using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Reading;

/// <summary>What was not read is named in every output format, and the exit code is 1.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class WhatIsNotReadTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public WhatIsNotReadTests() => _folder.WriteHonest();

    public static TheoryData<string, string> Kinds =>
        new()
        {
            { "text", "its content is neither" },
            { "xz", "packed with xz" },
            { "dot file", "begins with a dot" },
            { "dot folder", "begins with a dot" },
            { "dangling link", "does not exist" },
        };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task It_is_named_in_every_format(string kind, string reason)
    {
        var path = Make(kind);
        foreach (var format in new[] { "table", "json", "ndjson", "sarif", "ocsf" })
        {
            var run = (await _folder.SweepAsync("--output", format)).Ended(1);
            // A table breaks long lines.
            var output = string.Join(' ', run.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            Assert.Contains(Path.GetFileName(path), output, StringComparison.Ordinal);
            Assert.Contains(reason, output, StringComparison.Ordinal);
        }

        var json = JsonDocument.Parse((await _folder.SweepAsync("--output", "json")).Ended(1).Output).RootElement;
        Assert.False(json.GetProperty("readEverything").GetBoolean());
        var passed = Assert.Single(json.GetProperty("passedOver").GetProperty("accesses").EnumerateArray());
        Assert.Equal(path, passed.GetProperty("path").GetString());
        var explained = (await _folder.SweepAsync("--explain", "honest")).Ended(1);
        Assert.Contains(path, explained.Error, StringComparison.Ordinal);

        // Who names the files that count leaves out the rest on purpose.
        (await Tool.RunAsync("sweep", "--issued", _folder["issued"], "--access", _folder["access/**/*.ndjson"], "--quiet")).Ended(0);
    }

    [Fact]
    public async Task Empty_files_are_read_whatever_their_names()
    {
        _folder.Write("access/_SUCCESS", "");
        (await _folder.SweepAsync()).Ended(0);
    }

    /// <summary>It is named. In the issuances it may hold the token's: then nothing proves that the token was forged.</summary>
    [Theory]
    [InlineData("access", 2)]
    [InlineData("issued", 1)]
    public async Task A_folder_that_may_not_be_opened_is_named(string stream, int exitCode)
    {
        const string ToNobody = "/usr/bin/setpriv";
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root" && File.Exists(ToNobody), "It needs another user.");
        _folder.Write("access/b.ndjson", SmallLogs.Access(SmallLogs.Forged));
        _folder.Write($"{stream}/closed/c.ndjson", SmallLogs.Access("hidden"));
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(_folder[stream, "closed"], UnixFileMode.None);
        var run = (
            await Tool.RunAsync(
                ToNobody,
                new Dictionary<string, string> { ["HOME"] = _folder.Path, ["DOTNET_BUNDLE_EXTRACT_BASE_DIR"] = _folder.Path },
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                Tool.Program,
                "sweep",
                "--issued",
                _folder["issued"],
                "--access",
                _folder["access"],
                "--output",
                "json",
                "--quiet"
            )
        ).Ended(exitCode);
        Assert.Contains("cannot be listed", run.Output, StringComparison.Ordinal);
        Assert.Contains(_folder[stream, "closed"], run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_named_file_of_unknown_format_stops_the_sweep()
    {
        var notes = _folder.Write("notes.txt", "Call Anna, then Bob.");
        var run = (await Tool.RunAsync("sweep", "--issued", _folder["issued"], "--access", notes, "--quiet")).Ended(1);
        Assert.Contains("its content is neither", run.Error, StringComparison.Ordinal);
        File.CreateSymbolicLink(_folder["current"], _folder["gone"]);
        var link = (await Tool.RunAsync("sweep", "--issued", _folder["issued"], "--access", _folder["current"], "--quiet")).Ended(1);
        Assert.Contains("is a link to", link.Error, StringComparison.Ordinal);
    }

    private string Make(string kind)
    {
        switch (kind)
        {
            case "text":
                return _folder.Write("access/notes.txt", "2026-03-01 INFO a gateway, started\n");
            case "xz":
                File.WriteAllBytes(_folder["access", "b.log.xz"], [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00, 1, 2, 3]);
                return _folder["access", "b.log.xz"];
            case "dot file":
                return _folder.Write("access/.b.ndjson", SmallLogs.Access(SmallLogs.Forged));
            case "dot folder":
                _folder.Write("access/.new/b.ndjson", SmallLogs.Access(SmallLogs.Forged));
                return _folder["access", ".new"];
            default:
                File.CreateSymbolicLink(_folder["access", "b.jsonl"], _folder["gone.jsonl"]);
                return _folder["access", "b.jsonl"];
        }
    }
}
