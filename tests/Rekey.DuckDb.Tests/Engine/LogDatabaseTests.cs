using Rekey.Core;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Tests.Detections;
using Rekey.DuckDb.Tests.Files;

namespace Rekey.DuckDb.Tests.Engine;

/// <summary>The engine stays inside what it was given, and leaves nothing behind.</summary>
public sealed class LogDatabaseTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_does_not_fit_into_memory_goes_to_disk_and_is_gone_at_the_end()
    {
        using (
            var database = new LogDatabase(
                new()
                {
                    MemoryLimitBytes = 128_000_000,
                    Threads = 1,
                    TempFolder = _folder.Path,
                },
                []
            )
        )
        {
            database.Execute("CREATE TEMP TABLE ids AS SELECT md5(i::VARCHAR) || md5((i + 1)::VARCHAR) AS id FROM range(2000000) r(i)");
            Assert.Equal([0L], database.Query("SELECT count(*) FROM ids a ANTI JOIN ids b ON a.id = b.id", r => r.GetInt64(0)));
            var spilled = Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);
            Assert.True(spilled > 10_000_000, $"{spilled} bytes on disk");
            Assert.Equal(
                OperatingSystem.IsWindows() ? [] : ["700"],
                Directory.EnumerateDirectories(_folder.Path).Where(_ => !OperatingSystem.IsWindows()).Select(Mode)
            );
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_full_disk_is_an_error_that_says_what_to_do()
    {
        using var database = new LogDatabase(
            new()
            {
                MemoryLimitBytes = 128_000_000,
                MaxTempBytes = 128_000_000,
                Threads = 1,
                TempFolder = _folder.Path,
            },
            []
        );
        var e = Assert.Throws<CannotContinueException>(() =>
            database.Query(
                "SELECT count(*) FROM (SELECT md5(i::VARCHAR) AS id, md5((i + 1)::VARCHAR) AS more FROM range(20000000) r(i) ORDER BY id)",
                r => r.GetInt64(0)
            )
        );
        Assert.Equal("log-engine-out-of-memory", e.Reason);
    }

    [Fact]
    public async Task A_query_is_stopped_by_its_caller()
    {
        using var database = new LogDatabase(CaseEngine.Options, []);
        using var stop = new CancellationTokenSource();
        var work = Task.Run(() =>
            database.Query(
                "SELECT count(*) FROM range(10000000000) a, range(10000000) b WHERE hash(a) = hash(b) + 1",
                r => r.GetInt64(0),
                cancellationToken: stop.Token
            )
        );
        while (work.Status is TaskStatus.WaitingForActivation or TaskStatus.WaitingToRun)
        {
            await Task.Yield();
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
        Assert.Equal([1], database.Query("SELECT 1", r => r.GetInt32(0)));
    }

    [Fact]
    public void What_a_killed_process_left_behind_is_removed_and_what_another_one_uses_is_not()
    {
        _folder.Write("rekey-sweep-dead/lock", "");
        _folder.Write("rekey-sweep-dead/work.duckdb", "");
        using var one = WorkFolder.Create(_folder.Path);
        using var two = WorkFolder.Create(_folder.Path);
        Assert.Equal(new[] { one.Path, two.Path }.Order(), Directory.EnumerateDirectories(_folder.Path).Order());
    }

    [Fact]
    public void Sweeps_that_start_at_once_keep_their_folders()
    {
        var folders = new WorkFolder[400];
        Parallel.For(0, folders.Length, new() { MaxDegreeOfParallelism = 8 }, i => folders[i] = WorkFolder.Create(_folder.Path));
        Assert.All(folders, folder => Assert.True(File.Exists(Path.Combine(folder.Path, "lock"))));
        foreach (var folder in folders)
        {
            folder.Dispose();
        }

        Assert.Empty(Directory.EnumerateDirectories(_folder.Path));
    }

    [Fact]
    public void Options_that_cannot_work_are_named()
    {
        Assert.Empty(new DuckDbOptions().Validate());
        Assert.Equal(
            4,
            new DuckDbOptions
            {
                MemoryLimitBytes = 1,
                MaxTempBytes = 0,
                Threads = 0,
                SampledBadLines = -1,
            }
                .Validate()
                .Count()
        );
        Assert.Throws<ArgumentException>(() => new LogDatabase(new() { Threads = 0 }, []));
    }

    private static string Mode(string path) => OperatingSystem.IsWindows() ? "" : Convert.ToString((int)File.GetUnixFileMode(path), 8);
}
