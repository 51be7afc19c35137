using System.Diagnostics;

namespace Rekey.Cli.Tests.Support;

/// <summary>The tool, without a terminal.</summary>
internal static class Tool
{
    /// <summary>The folders of this build below <c>bin</c>.</summary>
    public static readonly string[] Build = AppContext
        .BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)
        .Split(Path.DirectorySeparatorChar)[^2..];

    /// <summary>From its own folder: the folder of the tests lacks assemblies that the shared framework of the tests has.</summary>
    public static readonly string Program = Path.Combine([RepositoryRoot.Path, "src/Rekey.Cli/bin", .. Build, "Rekey.Cli"]);

    public static Task<ToolRun> RunAsync(params string[] arguments) => RunAsync(Program, null, arguments);

    /// <summary>Runs another program, such as the installed tool.</summary>
    public static Task<ToolRun> RunAsync(string program, IReadOnlyDictionary<string, string>? environment, params string[] arguments) =>
        RunAsync(program, environment, "", arguments);

    /// <summary>Runs a program that reads standard input. The tool runs in a process that has run other commands before: most of the
    /// work of a process is to start, and <c>WarmToolTests</c> hold that nothing is left behind.</summary>
    public static Task<ToolRun> RunAsync(
        string program,
        IReadOnlyDictionary<string, string>? environment,
        string input,
        string[] arguments
    ) =>
        program == Program && !OperatingSystem.IsWindows()
            ? WarmTools.OfAllTests.RunAsync(environment, input, arguments, WarmTools.Limit)
            : RunProcessAsync(program, environment, input, arguments);

    /// <summary>Runs a program, also the tool, in a process of its own.</summary>
    public static async Task<ToolRun> RunProcessAsync(
        string program,
        IReadOnlyDictionary<string, string>? environment,
        string input,
        params string[] arguments
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
