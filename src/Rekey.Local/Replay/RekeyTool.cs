using System.Reflection;
using Rekey.Local.Processes;

namespace Rekey.Local.Replay;

/// <summary>Runs the operator's command line as a process.</summary>
internal static class RekeyTool
{
    /// <summary>The command line that was built along with this program.</summary>
    public static string AssemblyFile =>
        typeof(RekeyTool).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "CommandLineFile").Value!;

    /// <summary>Runs a command and waits for its end.</summary>
    /// <param name="progress">Hears its lines.</param>
    /// <exception cref="InvalidOperationException">The exit code is not 0.</exception>
    public static async Task RunAsync(IReadOnlyList<string> arguments, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var last = "";
        void Hear(string line)
        {
            last = line.Length > 0 ? line : last;
            progress.Report(line);
        }

        await using var process = ChildProcess.Start(
            new(
                ExecutableSearch.OnPath("dotnet")
                    ?? throw new ToolMissingException("dotnet is not on the PATH, and the command line needs it. Install the .NET SDK."),
                [AssemblyFile, .. arguments],
                Path.GetTempPath()
            )
            {
                OnOutput = _ => { },
                OnError = Hear,
            }
        );
        if (await process.Exited.WaitAsync(cancellationToken) is not 0 and var code)
        {
            throw new InvalidOperationException($"rekey {arguments[0]} ended with {code}: {last}");
        }
    }
}
