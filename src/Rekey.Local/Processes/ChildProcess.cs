using System.Diagnostics;

namespace Rekey.Local.Processes;

/// <summary>A child process. It forwards its output lines, and dispose ends it with all its descendants.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    // Lines still in the pipe when a process ends arrive at once; only a grandchild that holds the pipe makes this wait.
    private static readonly TimeSpan LastLines = TimeSpan.FromMilliseconds(500);

    private readonly Process process;

    private ChildProcess(Process process, ChildProcessStart start)
    {
        this.process = process;
        Id = process.Id;
        Exited = ExitAsync(
            Task.WhenAll(PumpAsync(process.StandardOutput, start.OnOutput), PumpAsync(process.StandardError, start.OnError))
        );
    }

    /// <summary>The process id.</summary>
    public int Id { get; }

    /// <summary>Completes with the exit code after the process has ended and its last lines were delivered.</summary>
    public Task<int> Exited { get; }

    internal StreamWriter Input => process.StandardInput;

    /// <summary>Starts a process.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The program cannot be run.</exception>
    public static ChildProcess Start(ChildProcessStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        var info = new ProcessStartInfo(start.FileName)
        {
            WorkingDirectory = start.WorkingDirectory,
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = start.HoldStandardInput,
        };
        foreach (var argument in start.Arguments)
        {
            info.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in start.Environment)
        {
            info.Environment[name] = value;
        }

        var started = new Process { StartInfo = info };
        try
        {
            started.Start();
            return new ChildProcess(started, start);
        }
        catch
        {
            started.Dispose();
            throw;
        }
    }

    /// <summary>Ends the process and its descendants at once (SIGKILL). Does nothing when it has ended already.</summary>
    public void Kill()
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended by itself in between.
        }
    }

    /// <summary>Ends the tree and waits until it is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        Kill();
        await Exited;
        process.Dispose();
    }

    private async Task<int> ExitAsync(Task pumps)
    {
        await process.WaitForExitAsync();
        await Task.WhenAny(pumps, Task.Delay(LastLines));
        return process.ExitCode;
    }

    private static async Task PumpAsync(StreamReader reader, Action<string>? onLine)
    {
        try
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                onLine?.Invoke(line);
            }
        }
        catch (Exception broken) when (broken is IOException or ObjectDisposedException)
        {
            // The process is gone, and its pipe with it.
        }
    }
}
