namespace Rekey.DuckDb.Engine;

/// <summary>A folder of this process alone, removed at the end. What a killed process left behind is removed by the next one.</summary>
internal sealed class WorkFolder : IDisposable
{
    private const string Prefix = "rekey-sweep-";
    private readonly FileStream _lock;

    private WorkFolder(string path)
    {
        Path = path;

        // The file gets its name once it is locked: another process that looks for abandoned folders never finds a lock that nobody holds
        // yet.
        var unnamed = System.IO.Path.Combine(path, "lock.new");
        _lock = new(unnamed, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete);
        File.Move(unnamed, System.IO.Path.Combine(path, "lock"));
    }

    public string Path { get; }

    public static WorkFolder Create(string? parent)
    {
        var root = parent ?? System.IO.Path.GetTempPath();
        Directory.CreateDirectory(root);
        RemoveAbandoned(root);
        var path = System.IO.Path.Combine(root, Prefix + Guid.NewGuid().ToString("N"));
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return new(path);
    }

    public void Dispose()
    {
        _lock.Dispose();
        Remove(Path);
    }

    /// <summary>A process that still works holds the lock of its folder.</summary>
    private static void RemoveAbandoned(string root)
    {
        foreach (var path in Directory.EnumerateDirectories(root, Prefix + "*"))
        {
            try
            {
                // A folder without a lock is being made this moment, or being removed.
                using (new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None)) { }

                Remove(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
        }
    }

    private static void Remove(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is tried again by the next sweep of this machine.
        }
    }
}
