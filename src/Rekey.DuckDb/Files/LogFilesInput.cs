using Rekey.Core;
using Rekey.DuckDb.Intake;
using Rekey.DuckDb.Mapping;
using Rekey.DuckDb.Paths;

namespace Rekey.DuckDb.Files;

/// <summary>The input of a sweep: files, folders, patterns of paths, or <c>-</c> for standard input; plain, gzip or zstd.</summary>
/// <param name="Issued">Logs of issuers.</param>
/// <param name="Access">Logs of gateways.</param>
/// <param name="Quarantine">The store of bad lines; null: they are only counted and shown.</param>
public sealed record LogFilesInput(
    IReadOnlyList<string> Issued,
    IReadOnlyList<string> Access,
    LogMapping Mapping,
    IQuarantine? Quarantine = null
)
{
    /// <summary>What the path <c>-</c> means; null if no path is that.</summary>
    public SpooledInput? StandardInput { get; init; }

    /// <summary>Whether a file is one of the inputs, or would become one: links are resolved, and folders are searched.</summary>
    /// <exception cref="CannotContinueException"><c>no-such-log</c> or <c>unknown-log-form</c>.</exception>
    public bool Has(string file)
    {
        var full = Path.GetFullPath(file);
        var real = RealPath.Of(full) ?? Path.Combine(RealPath.Of(Path.GetDirectoryName(full)!) ?? "", Path.GetFileName(full));
        var paths = Issued.Concat(Access).Where(p => p != SpooledInput.Path).ToList();
        return LogPaths.Find(paths).Files.Any(f => Same(f.Path, real) || Same(f.Path, full) || Same(f.Name, full))
            || paths.Where(Directory.Exists).Any(p => IsBelow(real, RealPath.Of(p)!) || IsBelow(full, Path.GetFullPath(p)));
    }

    private static bool Same(string one, string other) => string.Equals(one, other, Comparison);

    private static bool IsBelow(string file, string folder) =>
        file.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, Comparison);

    private static StringComparison Comparison => OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
}
