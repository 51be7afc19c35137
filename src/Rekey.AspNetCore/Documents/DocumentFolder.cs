using Microsoft.Extensions.Logging;

namespace Rekey.AspNetCore.Documents;

/// <summary>
/// The last good documents on disk, for a restart while Rekey is away and as a memory of their numbers. What lies there counts only after
/// its signature was checked.
/// </summary>
internal sealed class DocumentFolder(PullOptions options, ILogger log)
{
    /// <summary>The name of the n-th list that announced another document key.</summary>
    public static string KeyChange(int n) => $"key-change-{n:D4}.jwt";

    /// <summary>Creates the folder.</summary>
    /// <exception cref="IOException">It cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be created.</exception>
    public void Create() => Directory.CreateDirectory(options.ListFolder);

    /// <summary>Reads a document; null when there is none.</summary>
    public byte[]? Read(string name)
    {
        var path = Path.Combine(options.ListFolder, name);
        try
        {
            return File.Exists(path) ? File.ReadAllBytes(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.LogError("Rekey's {Role} cannot read {Path}. Reason: {Reason}", options.Role, path, e.Message);
            return null;
        }
    }

    /// <summary>Replaces a document as a whole. A failure is logged: the program goes on with the document in memory.</summary>
    public void Write(string name, byte[] content)
    {
        var path = Path.Combine(options.ListFolder, name);
        try
        {
            var fresh = path + ".new";
            using (var file = new FileStream(fresh, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(fresh, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.LogError(
                "Rekey's {Role} cannot keep {Path}. After a restart while Rekey is away it {Consequence}. Reason: {Reason}",
                options.Role,
                path,
                options.WhenClosed,
                e.Message
            );
        }
    }
}
