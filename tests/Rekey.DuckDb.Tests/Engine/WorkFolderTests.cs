using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Tests.Files;

namespace Rekey.DuckDb.Tests.Engine;

/// <summary>Two processes share a temporary folder: none removes what another uses, and abandoned folders go.</summary>
public sealed class WorkFolderTests : IDisposable
{
    private readonly TempFolder _root = new();

    public void Dispose() => _root.Dispose();

    /// <summary>Every state between two steps of a process that starts, held for as long as another one needs.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_folder_that_is_being_made_stays(bool hasLockFile, bool isLocked)
    {
        var made = Directory.CreateDirectory(_root.File("rekey-sweep-made")).FullName;
        using var held = hasLockFile
            ? new FileStream(
                Path.Combine(made, "lock.new"),
                FileMode.CreateNew,
                FileAccess.ReadWrite,
                isLocked ? FileShare.Delete : FileShare.ReadWrite
            )
            : null;
        using (WorkFolder.Create(_root.Path)) { }

        Assert.True(Directory.Exists(made));
        Directory.SetLastWriteTimeUtc(made, DateTime.UtcNow.AddHours(-2));
        using (WorkFolder.Create(_root.Path)) { }

        Assert.False(Directory.Exists(made));
    }

    [Fact]
    public void A_folder_in_use_stays_however_old_it_is_and_an_abandoned_one_goes()
    {
        using var used = WorkFolder.Create(_root.Path);
        Directory.SetLastWriteTimeUtc(used.Path, DateTime.UtcNow.AddDays(-9));
        var abandoned = Directory.CreateDirectory(_root.File("rekey-sweep-abandoned")).FullName;
        File.WriteAllText(Path.Combine(abandoned, "lock"), "");
        File.WriteAllText(Path.Combine(abandoned, "work.duckdb"), "");
        using (WorkFolder.Create(_root.Path)) { }

        Assert.True(File.Exists(Path.Combine(used.Path, "lock")));
        Assert.False(Directory.Exists(abandoned));
    }

    /// <summary>Another process looks for abandoned folders all the time.</summary>
    [Fact]
    public async Task A_lock_is_never_seen_unlocked()
    {
        using var stop = new CancellationTokenSource();
        var stolen = 0;
        var hammer = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    foreach (var folder in Directory.EnumerateDirectories(_root.Path))
                    {
                        try
                        {
                            using (new FileStream(Path.Combine(folder, "lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None)) { }

                            stolen++;
                        }
                        catch (IOException) { }
                    }
                }
            },
            TestContext.Current.CancellationToken
        );
        var held = Enumerable.Range(0, 400).Select(_ => WorkFolder.Create(_root.Path)).ToList();
        await stop.CancelAsync();
        await hammer;
        Assert.Equal(0, stolen);
        Assert.All(held, h => Assert.True(File.Exists(Path.Combine(h.Path, "lock"))));
        held.ForEach(h => h.Dispose());
        Assert.Empty(Directory.GetFileSystemEntries(_root.Path));
    }
}
