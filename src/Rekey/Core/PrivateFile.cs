namespace Rekey.Core;

/// <summary>Creates files that only their owner may read (0600): they hold subjects, addresses and tokens' ids.</summary>
/// <remarks>On Windows a file has the rights of its folder.</remarks>
public static class PrivateFile
{
    /// <summary>Creates a file, which must not exist.</summary>
    /// <exception cref="IOException">The file exists, or cannot be created.</exception>
    public static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new(path, options);
    }
}
