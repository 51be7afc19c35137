using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Rekey.Core;
using Rekey.Detections;
using static Rekey.DuckDb.Tests.Folders.FolderHouse;

namespace Rekey.DuckDb.Tests.Folders;

/// <summary>What lies in a log folder and is not read is reported. A folder that cannot be listed stops the sweep.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class FolderListingTests : IDisposable
{
    /// <summary>The user without rights, as Linux numbers it.</summary>
    private const int UserWithoutRights = 65534;

    private readonly FolderHouse _house = new();

    public void Dispose() => _house.Dispose();

    [Theory]
    [InlineData("issued", LogViews.TokenIssuanceName)]
    [InlineData("access", LogViews.GatewayAccessName)]
    public async Task What_is_not_read_is_reported(string folder, string stream)
    {
        _house.Write("issued/i.ndjson", Issue("good"));
        _house.Write("access/a.ndjson", Access("good"));
        var unfinished = _house.Write($"{folder}/.b.ndjson", Issue("unfinished"));
        var elsewhere = _house.Write("elsewhere.ndjson", Issue("linked"));
        var link = Path.Combine(Path.GetDirectoryName(unfinished)!, "link.ndjson");
        File.CreateSymbolicLink(link, elsewhere);
        _house.Settle();
        Assert.Empty((await _house.SweepAsync())!);
        var passedOver = _house.Reports.Last(r => r.Stream == stream).Reading.PassedOver;
        Assert.Equal([unfinished, link], passedOver.Select(p => p.Path));
        Assert.Contains("begins with a dot", passedOver[0].Reason, StringComparison.Ordinal);
        Assert.Contains("a link", passedOver[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_listed_stops_the_sweep()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It needs a file system with modes.");
        _house.Write("access/a.ndjson", Access("good"));
        var closed = Path.GetDirectoryName(_house.Write("access/closed/b.ndjson", Access("hidden")))!;
        _house.Settle();
        File.SetUnixFileMode(closed, UnixFileMode.None);
        File.SetUnixFileMode(Path.GetDirectoryName(_house.Options.AccessFolder)!, (UnixFileMode)0b111_101_101);
        var setUser = Marshal.GetDelegateForFunctionPointer<SetUser>(NativeLibrary.GetExport(NativeLibrary.Load("libc.so.6"), "setfsuid"));
        Exception? thrown = null;
        using (var log = _house.Start())
        {
            // A thread of its own takes the file rights of another user, as root may open everything.
            var thread = new Thread(() =>
            {
                _ = setUser(UserWithoutRights);
                thrown = Record.Exception(() => log.NextAsync(CancellationToken.None).GetAwaiter().GetResult());
            });
            thread.Start();
            thread.Join();
        }

        File.SetUnixFileMode(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Contains(closed, Assert.IsType<RetryLaterException>(thrown).Message, StringComparison.Ordinal);
    }

    private delegate int SetUser(int user);
}
