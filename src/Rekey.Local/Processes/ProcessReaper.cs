using System.Globalization;

namespace Rekey.Local.Processes;

/// <summary>
/// Ends watched processes when this process is gone, even after a SIGKILL. Linux' PDEATHSIG is tied to the thread that forked, which .NET
/// may retire at any time, so a small Node process waits for the end of a pipe instead.
/// </summary>
internal static class ProcessReaper
{
    // It ignores Ctrl+C, which goes to the whole group: it must outlive its parent by the moment it takes to reap.
    internal const string Script = """
        const pids = new Set(); let rest = '';
        for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => {});
        process.stdin.setEncoding('utf8').on('data', data => {
          const lines = (rest + data).split('\n'); rest = lines.pop();
          for (const line of lines) line[0] === '+' ? pids.add(Number(line.slice(1))) : pids.delete(Number(line.slice(1)));
        });
        const end = () => { for (const pid of pids) try { process.kill(pid, 'SIGKILL') } catch {} process.exit(0) };
        process.stdin.on('end', end).on('error', end);
        """;

    private static readonly Lock Gate = new();
    private static ChildProcess? reaper;

    /// <summary>False when there is no Node to watch with; the process is then ended by its owner's dispose only.</summary>
    public static bool Watch(int pid) => Tell('+', pid);

    public static void Forget(int pid) => Tell('-', pid);

    private static bool Tell(char sign, int pid)
    {
        lock (Gate)
        {
            if (reaper is null or { Exited.IsCompleted: true })
            {
                if (sign == '-' || ExecutableSearch.OnPath("node") is not { } node)
                {
                    return false;
                }

                reaper = ChildProcess.Start(new ChildProcessStart(node, ["-e", Script], Path.GetTempPath()) { HoldStandardInput = true });
            }

            reaper.Input.Write(string.Create(CultureInfo.InvariantCulture, $"{sign}{pid}\n"));
            reaper.Input.Flush();
            return true;
        }
    }
}
