namespace Rekey.AspNetCore.Issuer.Journals;

/// <summary>The rows of the journal that Azure Monitor refused for good. They are kept for an operator, who adds them to the workspace in
/// another way and deletes the file.</summary>
/// <param name="most">The most bytes of the file. When they are reached, further refused rows wait in the journal.</param>
internal sealed class RefusedRows(string path, long most)
{
    public string Path => path;

    public bool Exist => File.Exists(path);

    /// <summary>Adds rows, and flushes them to the disk. After a crash some may be in the file twice.</summary>
    /// <exception cref="IOException">The file is full or cannot be written.</exception>
    public void Add(IReadOnlyList<ReadOnlyMemory<byte>> rows)
    {
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read | FileShare.Delete);
        if (file.Length + rows.Sum(r => r.Length) > most)
        {
            throw new IOException($"{path} is full: add its rows to the workspace, and delete it.");
        }

        foreach (var row in rows)
        {
            file.Write(row.Span);
        }

        file.Flush(flushToDisk: true);
    }
}
