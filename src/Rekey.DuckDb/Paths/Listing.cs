namespace Rekey.DuckDb.Paths;

/// <summary>Lists the entries of folders.</summary>
internal static class Listing
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = default, IgnoreInaccessible = false };

    /// <summary>The entries of one folder, by name.</summary>
    /// <param name="passOver">Receives the folder if it cannot be listed.</param>
    public static IReadOnlyList<FileSystemInfo> Of(string folder, Action<PassedOver> passOver)
    {
        try
        {
            return [.. new DirectoryInfo(folder).EnumerateFileSystemInfos("*", Everything).OrderBy(e => e.Name, StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            passOver(new(folder, $"the folder cannot be listed ({e.Message})") { IsClosedFolder = true });
            return [];
        }
    }

    /// <summary>Whether the owner hides it: on Unix by a leading dot, as writers do with a file that is not complete.</summary>
    public static bool IsHidden(FileSystemInfo entry) =>
        entry.Name.StartsWith('.') || (OperatingSystem.IsWindows() && entry.Attributes.HasFlag(FileAttributes.Hidden));

    public static bool IsFolder(FileSystemInfo entry) => entry.Attributes.HasFlag(FileAttributes.Directory);
}
