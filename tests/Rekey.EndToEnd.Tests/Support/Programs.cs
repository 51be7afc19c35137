using System.Diagnostics;
using Rekey.Local.Worlds;

namespace Rekey.EndToEnd.Tests.Support;

/// <summary>Programs as a visitor runs them, with <c>dotnet</c>.</summary>
internal static class Programs
{
    /// <summary>How long one may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <summary>The replay: it stands beside the app, in its own output folder.</summary>
    public static string Replay { get; } =
        Path.Combine(FunctionApp.BuiltFolder.Replace("Rekey.Functions", "Rekey.Local", StringComparison.Ordinal), "Rekey.Local.dll");

    /// <summary>Runs one to its end; killed with its children when it takes too long.</summary>
    public static Task<(int Exit, string Output)> RunAsync(params string[] arguments) => RunAsync("dotnet", arguments);

    /// <summary>Pastes a line into a shell of its own.</summary>
    public static Task<(int Exit, string Output)> PasteAsync(string line) => RunAsync("sh", ["-c", line]);

    private static async Task<(int Exit, string Output)> RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        )!;
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            patience.CancelAfter(Patience);
            var (output, errors) = (
                process.StandardOutput.ReadToEndAsync(patience.Token),
                process.StandardError.ReadToEndAsync(patience.Token)
            );
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
