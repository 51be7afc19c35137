using System.Runtime.Versioning;
using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Output;

/// <summary>A result file never replaces an input, is readable by its owner only, and appears when it is complete.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class OutFileTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly TemporaryFolder _folder = new();

    public OutFileTests()
    {
        _folder.WriteHonest();
        _folder.Write("windows.json", "[]");
        _folder.Write("map.json", "{}");
        File.CreateSymbolicLink(_folder["link.ndjson"], _folder["access", "a.ndjson"]);
        Directory.CreateSymbolicLink(_folder["linked"], _folder["access"]);
        _folder.Write("elsewhere/b.ndjson", SmallLogs.Access("honest"));
        File.CreateSymbolicLink(_folder["access", "b.ndjson"], _folder["elsewhere", "b.ndjson"]);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("access/a.ndjson")]
    [InlineData("access/new.json")]
    [InlineData("access/b.ndjson")]
    [InlineData("elsewhere/b.ndjson")]
    [InlineData("issued/i.ndjson")]
    [InlineData("link.ndjson")]
    [InlineData("linked/a.ndjson")]
    [InlineData("linked/new.json")]
    [InlineData("windows.json")]
    [InlineData("map.json")]
    [InlineData("elsewhere")]
    public async Task An_input_is_never_replaced(string file)
    {
        var before = Snapshot();
        string[] sweep = ["--map", _folder["map.json"], "--out-file", _folder[file]];
        Assert.NotEmpty((await _folder.SweepAsync([.. sweep, "--output", "json"])).Ended(1).Error);
        if (file is not ("windows.json" or "map.json"))
        {
            Assert.NotEmpty((await _folder.SweepAsync("--suggest-map", "--out-file", _folder[file])).Ended(1).Error);
        }

        Assert.Equal(before, Snapshot());
    }

    [Fact]
    public async Task A_saved_reading_and_a_declaration_are_inputs_too()
    {
        var export = _folder.Write("export.json", "{}");
        var run = (await Tool.RunAsync("access", "--export", export, "--out-file", export)).Ended(1);
        Assert.NotEmpty(run.Error);
        Assert.Equal("{}", await File.ReadAllTextAsync(export, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("--output", "table")]
    [InlineData("--output", "json")]
    [InlineData("--output", "ndjson")]
    [InlineData("--output", "sarif")]
    [InlineData("--output", "ocsf")]
    [InlineData("--suggest-map", null)]
    public async Task Only_its_owner_may_read_it_and_nothing_else_is_left(string option, string? value)
    {
        var target = _folder.Write("results/found", "old");
        File.SetUnixFileMode(target, (UnixFileMode)0b110_100_100);
        await _folder.SweepAsync([option, .. value is null ? [] : new[] { value }, "--out-file", target]);
        Assert.NotEqual("old", await File.ReadAllTextAsync(target, TestContext.Current.CancellationToken));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(target));
        Assert.Equal([target], Directory.GetFileSystemEntries(_folder["results"]));
    }

    [Fact]
    public async Task A_failed_sweep_leaves_the_old_file_and_nothing_else()
    {
        var target = _folder.Write("results/found", "old");
        _folder.Write("access/a.ndjson", "nothing to read\n");
        File.Delete(_folder["access", "b.ndjson"]);
        (await _folder.SweepAsync("--out-file", target)).Ended(1);
        Assert.Equal("old", await File.ReadAllTextAsync(target, TestContext.Current.CancellationToken));
        Assert.Equal([target], Directory.GetFileSystemEntries(_folder["results"]));
    }

    [Fact]
    public async Task A_device_is_written_and_not_replaced()
    {
        var before = File.GetAttributes("/dev/null");
        (await _folder.SweepAsync("--out-file", "/dev/null")).Ended(0);
        Assert.Equal(before, File.GetAttributes("/dev/null"));
        Assert.Equal(0, new FileInfo("/dev/null").Length);
    }

    private List<string> Snapshot() =>
        [
            .. Directory
                .EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(f => $"{f} {new FileInfo(f).LinkTarget} {File.ReadAllText(f)}"),
        ];
}
