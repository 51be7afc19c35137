using Rekey.Core;

namespace Rekey.Cli.Commands;

/// <summary>Standard output, or a file that appears only when it is complete, and that only its owner may read.</summary>
internal sealed class OutputFile : IAsyncDisposable
{
    private readonly string? _path;
    private readonly string? _part;
    private bool _isWhole;

    private OutputFile(Stream stream, string? path, string? part) => (Stream, _path, _part) = (stream, path, part);

    public Stream Stream { get; }

    public bool IsTerminal => _path is null && !Console.IsOutputRedirected;

    /// <param name="path">Null for standard output.</param>
    /// <param name="isInput">Whether the command reads a file: it must never be replaced by a result.</param>
    /// <exception cref="CannotContinueException"><c>output-is-input</c> or <c>output-not-a-file</c>.</exception>
    public static OutputFile Open(string? path, Func<string, bool> isInput)
    {
        if (path is null)
        {
            return new(Console.OpenStandardOutput(), null, null);
        }

        var full = Path.GetFullPath(path);
        if (Directory.Exists(full) || Path.GetFileName(full).Length == 0)
        {
            throw new CannotContinueException("output-not-a-file", $"'{path}' is a folder.", "Name a file.");
        }

        if (isInput(full))
        {
            throw new CannotContinueException(
                "output-is-input",
                $"The result file '{path}' is one of the inputs, or lies in a folder of inputs, where the next run would read it.",
                "Name a file elsewhere."
            );
        }

        if (full.StartsWith("/dev/", StringComparison.Ordinal))
        {
            // A device or a pipe: it must not be replaced by a file.
            return new(new FileStream(full, FileMode.Open, FileAccess.Write), full, null);
        }

        var part = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.part");
        return new(PrivateFile.Create(part), full, part);
    }

    /// <summary>Whether a file is one of some single files, after resolving links.</summary>
    public static bool IsOneOf(string file, IEnumerable<string?> files) =>
        files.OfType<string>().Any(f => Path.GetFullPath(f) == Path.GetFullPath(file) || Target(f) == Target(file));

    /// <summary>Whether a file lies in a folder or below it.</summary>
    public static bool IsBelow(string file, string folder) =>
        !Path.GetRelativePath(Path.GetFullPath(folder), file).Split(Path.DirectorySeparatorChar)[0].Equals("..", StringComparison.Ordinal);

    public void Keep() => _isWhole = true;

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Stream.DisposeAsync();
            if (_part is not null && _isWhole)
            {
                File.Move(_part, _path!, overwrite: true);
            }
        }
        finally
        {
            if (_part is not null)
            {
                File.Delete(_part);
            }
        }
    }

    private static string Target(string file) =>
        File.Exists(file)
            ? File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(file)
            : Path.GetFullPath(file);
}
