using System.Diagnostics;
using System.Text.Json;
using Rekey.Cli.Tests.Runner;

namespace Rekey.Cli.Tests.Support;

/// <summary>A process of the tool that runs many commands, one after the other. Rekey.Cli.Tests.Runner makes it one.</summary>
internal sealed class WarmTool : IDisposable
{
    private static readonly string Hook = Path.Combine([
        RepositoryRoot.Path,
        "tests/Rekey.Cli.Tests.Runner/bin",
        .. Tool.Build,
        "Rekey.Cli.Tests.Runner.dll",
    ]);

    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;

    public WarmTool()
    {
        var start = new ProcessStartInfo(Tool.Program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["DOTNET_STARTUP_HOOKS"] = Hook;
        // Small logs are read sooner by one thread than by threads that wait for each other: the other processors run other commands.
        start.Environment["DOTNET_PROCESSOR_COUNT"] = "1";
        // It does not live long enough to earn what it would cost to watch its code.
        start.Environment["DOTNET_TieredPGO"] = "0";
        _process = Process.Start(start)!;
    }

    public int ProcessId => _process.Id;

    /// <summary>Whether it waits for a command.</summary>
    public bool IsReady { get; private set; } = true;

    /// <summary>Runs one command. When the process dies of it, the exit code is that of the process, as for a process of its own.</summary>
    public async Task<ToolRun> RunAsync(
        IReadOnlyDictionary<string, string>? environment,
        string input,
        string[] arguments,
        TimeSpan limit,
        CancellationToken cancellationToken
    )
    {
        IsReady = false;
        var request = new CommandRequest(
            arguments,
            environment ?? new Dictionary<string, string>(),
            _folder.Write("input", input),
            _folder.Write("output", ""),
            _folder.Write("error", "")
        );
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(limit);
        try
        {
            var answer = await AskAsync(JsonSerializer.Serialize(request), limited.Token);
            IsReady = answer is not null;
            if (answer is null)
            {
                await _process.WaitForExitAsync(limited.Token);
            }

            return Run(answer ?? _process.ExitCode);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            var run = Run(exitCode: -1);
            throw new TimeoutException(
                $"{string.Join(' ', arguments)}: longer than {limit}\n--- stdout\n{run.Output}\n--- stderr\n{run.Error}",
                e
            );
        }

        ToolRun Run(int exitCode) => new(exitCode, File.ReadAllText(request.Output), File.ReadAllText(request.Error));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
        _folder.Dispose();
    }

    /// <summary>Null when the process has died.</summary>
    private async Task<int?> AskAsync(string request, CancellationToken cancellationToken)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(request.AsMemory(), cancellationToken);
            await _process.StandardInput.FlushAsync(cancellationToken);
        }
        catch (IOException)
        {
            return null;
        }

        return await _process.StandardOutput.ReadLineAsync(cancellationToken) is { } answer ? int.Parse(answer) : null;
    }
}
