namespace Rekey.Local.Processes;

/// <summary>Finds programs the way a shell does: along PATH, and only what may be run.</summary>
internal static class ExecutableSearch
{
    /// <summary>Full path of the first runnable <paramref name="name"/> on PATH, or null.</summary>
    public static string? OnPath(string name) => OnPath(name, Environment.GetEnvironmentVariable("PATH"));

    internal static string? OnPath(string name, string? path) =>
        (path ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(folder => Runnable(Path.Combine(folder, name)))
            .FirstOrDefault(found => found is not null);

    /// <summary>The path itself, or with Windows' extensions, when it is a file that may be run; otherwise null.</summary>
    public static string? Runnable(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode anyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
            return File.Exists(path) && (File.GetUnixFileMode(path) & anyExecute) != UnixFileMode.None ? Path.GetFullPath(path) : null;
        }

        string[] extensions = [".exe", ".cmd", ".bat"];
        var candidates = Path.HasExtension(path) ? [path] : extensions.Select(extension => path + extension);
        return candidates.Where(File.Exists).Select(Path.GetFullPath).FirstOrDefault();
    }
}
