using Rekey.Core;

namespace Rekey.DuckDb.Engine;

/// <summary>A private folder of this process, removed at the end. The next process removes the folder of a killed one.</summary>
internal sealed class WorkFolder : IDisposable
{
    private const string Prefix = "rekey-sweep-";
    private const string Lock = "lock";

    /// <summary>A process needs milliseconds from creating its folder to locking it, and to remove it.</summary>
    private static readonly TimeSpan TimeToLock = TimeSpan.FromHours(1);
    private readonly FileStream _lock;

    private WorkFolder(string path)
    {
        Path = path;

        // Rename the file after locking it, so that another process that looks for abandoned folders never finds it
        // unlocked.
        var unnamed = System.IO.Path.Combine(path, "lock.new");
        _lock = new(unnamed, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete);
        File.Move(unnamed, System.IO.Path.Combine(path, Lock));
    }

    public string Path { get; }

    /// <exception cref="CannotContinueException"><c>work-folder-failed</c>.</exception>
    public static WorkFolder Create(string? parent)
    {
        var root = parent ?? System.IO.Path.GetTempPath();
        var path = System.IO.Path.Combine(root, Prefix + Guid.NewGuid().ToString("N"));
        try
        {
            Directory.CreateDirectory(root);
            RemoveAbandoned(root);
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
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw EngineFailure.WorkFolder(e, path);
        }
    }

    public void Dispose()
    {
        _lock.Dispose();
        Remove(Path);
    }

    /// <summary>Removes abandoned folders: a running process holds the lock of its folder.</summary>
    private static void RemoveAbandoned(string root)
    {
        foreach (var path in Directory.EnumerateDirectories(root, Prefix + "*"))
        {
            try
            {
                using (new FileStream(System.IO.Path.Combine(path, Lock), FileMode.Open, FileAccess.ReadWrite, FileShare.None)) { }

                Remove(path);
            }
            catch (FileNotFoundException) when (Directory.GetLastWriteTimeUtc(path) < DateTime.UtcNow - TimeToLock)
            {
                // The process died while it created or removed the folder.
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
            // The next sweep on this machine retries.
        }
    }
}
