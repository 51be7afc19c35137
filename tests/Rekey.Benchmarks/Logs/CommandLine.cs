using System.Reflection;
using Rekey.Benchmarks.Measuring;

namespace Rekey.Benchmarks.Logs;

/// <summary>The built <c>rekey</c>, as a process of its own.</summary>
internal static class CommandLine
{
    /// <param name="expected">The exit code that it must end with.</param>
    public static async Task<ProcessFigures> RunAsync(IReadOnlyList<string> arguments, int expected, CancellationToken cancellationToken)
    {
        var file = typeof(CommandLine)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(a => a.Key == "CommandLineFile")
            .Value!;
        var figures = await ProcessFigures.OfAsync("dotnet", [file, .. arguments], cancellationToken);
        return figures.ExitCode == expected
            ? figures
            : throw new InvalidOperationException(
                $"rekey {arguments[0]} ended with {figures.ExitCode} instead of {expected}: {figures.Errors}"
            );
    }
}
