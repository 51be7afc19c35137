using System.Diagnostics;

namespace Rekey.Cli.Tests.Support;

/// <summary>The tool as a process, without a terminal.</summary>
internal static class Tool
{
    public static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Rekey.Cli");

    public static Task<ToolRun> RunAsync(params string[] arguments) => RunAsync(Program, null, arguments);

    /// <summary>Runs another program, such as the installed tool.</summary>
    public static Task<ToolRun> RunAsync(string program, IReadOnlyDictionary<string, string>? environment, params string[] arguments) =>
        RunAsync(program, environment, "", arguments);

    /// <summary>Runs a program that reads standard input.</summary>
    public static async Task<ToolRun> RunAsync(
        string program,
        IReadOnlyDictionary<string, string>? environment,
        string input,
        string[] arguments
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            var (output, error) = (
                process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
                process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)
            );
            var (told, said) = (await output, await error);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return new(process.ExitCode, told, said);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
