using System.Globalization;
using Rekey.Local.Processes;

namespace Rekey.Local.Azurite;

/// <summary>The Node.js that runs Azurite and the npm that fetches it.</summary>
internal static class NodeTools
{
    public const int OldestMajor = 20;

    public static async Task<string> NodeAsync(CancellationToken cancellationToken)
    {
        var node = ExecutableSearch.OnPath("node") ?? throw Missing($"node is not on PATH.");
        string? version = null;
        await using var child = ChildProcess.Start(
            new ChildProcessStart(node, ["--version"], Path.GetTempPath()) { OnOutput = line => version ??= line }
        );
        await child.Exited.WaitAsync(cancellationToken);
        return Major(version) >= OldestMajor ? node : throw Missing($"node on PATH is {version ?? "silent about its version"}.");
    }

    public static string Npm() => ExecutableSearch.OnPath("npm") ?? throw Missing("npm is not on PATH.");

    internal static int Major(string? version) =>
        version is ['v', .. var digits]
        && int.TryParse(digits.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            ? major
            : 0;

    private static ToolMissingException Missing(string found) =>
        new(
            $"{found} Rekey.Local runs the storage emulator Azurite on Node.js: install Node.js {OldestMajor} or later, "
                + "which brings npm, and see that both are on PATH."
        );
}
