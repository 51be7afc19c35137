using Rekey.Local.Processes;

namespace Rekey.Local.Tests.Processes;

public sealed class ProcessReaperTests
{
    [Fact]
    public async Task The_end_of_the_pipe_ends_what_is_watched_and_spares_what_is_forgotten()
    {
        var node = ExecutableSearch.OnPath("node")!;
        var idle = new ChildProcessStart(node, ["-e", "setInterval(() => {}, 1000)"], Path.GetTempPath());
        await using var watched = ChildProcess.Start(idle);
        await using var forgotten = ChildProcess.Start(idle);
        await using var reaper = ChildProcess.Start(
            new ChildProcessStart(node, ["-e", ProcessReaper.Script], Path.GetTempPath()) { HoldStandardInput = true }
        );
        await reaper.Input.WriteAsync($"+{watched.Id}\n+{forgotten.Id}\n-{forgotten.Id}\n");

        // What a SIGKILL of this process would do to the pipe.
        reaper.Input.Close();

        await watched.Exited.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(0, await reaper.Exited.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        Assert.False(forgotten.Exited.IsCompleted);
    }
}
