using Rekey.Local.Processes;

namespace Rekey.Local.FunctionsHost.Configuration;

/// <summary>worker.config.json of an app folder, as the worker's SDK makes it.</summary>
internal static class WorkerConfigReader
{
    private const string File = "worker.config.json";

    public static WorkerDescription? Read(string appRoot, List<string> mistakes)
    {
        var before = mistakes.Count;
        if (JsonMembers.ReadFile(Path.Combine(appRoot, File), File, mistakes) is not { } config)
        {
            return null;
        }

        var description = config.Object("description");
        if (description.RequiredText("language") is { Length: > 0 } language && language != "dotnet-isolated")
        {
            description.Mistake($"language must be dotnet-isolated, not '{language}'");
        }

        var executable = Executable(appRoot, description);
        var arguments = description.Texts("arguments").ToList();
        if (description.Text("defaultWorkerPath") is { Length: > 0 } path)
        {
            var worker = Expand(appRoot, path);
            arguments.Add(worker);
            if (!System.IO.File.Exists(worker))
            {
                description.Mistake($"defaultWorkerPath '{path}' is not in the app folder");
            }
        }

        return mistakes.Count == before ? new WorkerDescription(executable!, arguments) : null;
    }

    private static string? Executable(string appRoot, JsonMembers description)
    {
        if (description.RequiredText("defaultExecutablePath") is not { Length: > 0 } named)
        {
            return null;
        }

        var path = Expand(appRoot, named);
        var found = ExecutableSearch.Runnable(path) ?? ExecutableSearch.OnPath(named);
        if (found is null)
        {
            description.Mistake(
                System.IO.File.Exists(path)
                    ? $"defaultExecutablePath '{named}' may not be run: its execute bit is missing"
                    : $"defaultExecutablePath '{named}' is neither in the app folder nor on PATH"
            );
        }

        return found;
    }

    private static string Expand(string appRoot, string path) =>
        Path.Combine(appRoot, path.Replace("{WorkerRoot}", appRoot + Path.DirectorySeparatorChar, StringComparison.OrdinalIgnoreCase));
}
