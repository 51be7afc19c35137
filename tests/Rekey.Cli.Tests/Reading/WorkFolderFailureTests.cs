using System.Text;
using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Reading;

/// <summary>A work folder that cannot hold the data is an error in words, with the remedy.</summary>
public sealed class WorkFolderFailureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_full_disk_is_named_with_TMPDIR_and_no_stack_trace()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "ulimit is a shell's.");
        const int Lines = 60_000;
        var (issued, access) = (new StringBuilder(), new StringBuilder());
        for (var i = 0; i < Lines; i++)
        {
            issued.Append(SmallLogs.Issuance($"{i:x8}-{i * 7919L:x16}"));
            access.Append(SmallLogs.Access($"{i:x8}-{i * 7919L:x16}"));
        }

        _folder.Write("issued/i.ndjson", issued.ToString());
        _folder.Write("access/a.ndjson", access.ToString());
        var temp = Directory.CreateDirectory(_folder["temp"]).FullName;
        foreach (var kilobytes in new[] { 1, 64, 512 })
        {
            var run = (
                await Tool.RunAsync(
                    "/bin/bash",
                    new Dictionary<string, string>
                    {
                        ["TMPDIR"] = temp,
                        // The runtime keeps its code in a file with no name, which would exceed the limit.
                        ["DOTNET_EnableWriteXorExecute"] = "0",
                        ["DOTNET_EnableDiagnostics"] = "0",
                    },
                    "-c",
                    // Files that grow beyond the limit fail as on a full disk.
                    $"trap '' XFSZ; ulimit -f {kilobytes}; exec \"$@\"",
                    "sweep",
                    Tool.Program,
                    "sweep",
                    "--issued",
                    _folder["issued"],
                    "--access",
                    _folder["access"],
                    "--quiet"
                )
            ).Ended(1);
            Assert.StartsWith($"error: The work folder '{temp}", run.Error, StringComparison.Ordinal);
            Assert.Contains("TMPDIR=", run.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
            Assert.Empty(run.Output);
            Assert.Empty(Directory.GetFileSystemEntries(temp));
        }
    }

    [Fact]
    public async Task A_work_folder_that_cannot_be_made_is_named()
    {
        _folder.WriteHonest();
        var run = (
            await Tool.RunAsync(
                Tool.Program,
                new Dictionary<string, string> { ["TMPDIR"] = _folder.Write("no-folder", "") },
                "sweep",
                "--issued",
                _folder["issued"],
                "--access",
                _folder["access"],
                "--quiet"
            )
        ).Ended(1);
        Assert.StartsWith("error: The work folder", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }
}
