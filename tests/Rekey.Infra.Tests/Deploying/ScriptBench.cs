using System.Diagnostics;
using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Deploying;

/// <summary>Runs the scripts of <c>infra</c>. Tools that they call, such as the Azure CLI, are stood in for by a script that writes down
/// what it is asked.</summary>
internal sealed class ScriptBench : IDisposable
{
    /// <summary>Between the arguments of a call: none has it.</summary>
    private const char Separator = '\x1f';

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rekey-scripts-");

    public string Folder => _folder.FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Runs a script with a tool that answers as <paramref name="does"/> does, and that fails as <paramref name="failure"/> does
    /// at one of its calls, counted from 1.</summary>
    public async Task<ScriptResult> RunAsync(
        string script,
        string tool,
        string does,
        IReadOnlyDictionary<string, string> environment,
        string[] arguments,
        string failure = "",
        int failsAt = 0
    )
    {
        // A folder a run: runs do not see each other.
        var folder = _folder.CreateSubdirectory(Guid.NewGuid().ToString("N")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "answers"),
            $"if [ ${{#calls[@]}} -eq {failsAt} ]; then {(failure.Length == 0 ? ":" : failure)}; fi\n{does}\n",
            Cancel
        );

        // A link: a file that was just written cannot be run while another test starts a process.
        File.CreateSymbolicLink(
            Path.Combine(folder, tool),
            Path.Combine(Bicep.Repository, "tests", "Rekey.Infra.Tests", "Deploying", "stand-in.sh")
        );
        var start = new ProcessStartInfo("bash", [Path.Combine(Bicep.Infra, script), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["PATH"] = $"{folder}:{start.Environment["PATH"]}";
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("REKEY_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(Cancel), process.StandardError.ReadToEndAsync(Cancel));
        await process.WaitForExitAsync(Cancel);
        var log = Path.Combine(folder, "asked");
        IReadOnlyList<IReadOnlyList<string>> calls = File.Exists(log)
            ? [.. (await File.ReadAllLinesAsync(log, Cancel)).Select(l => l.TrimEnd(Separator).Split(Separator))]
            : [];
        return new(process.ExitCode, await output, await error, calls);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
