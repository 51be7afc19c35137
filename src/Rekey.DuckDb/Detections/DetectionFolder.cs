using Rekey.Core;
using Rekey.Detections;

namespace Rekey.DuckDb.Detections;

/// <summary>Detections that do not come with this build: a folder with a folder each, made as <c>detections/README.md</c> says. What DuckDB
/// does not run, <c>query.kql</c>, need not be there.</summary>
public static class DetectionFolder
{
    private const string About = "detection.json";

    /// <summary>All of them, by id.</summary>
    /// <exception cref="CannotContinueException"><c>detections-unreadable</c>: there is none, or one of them is not as it must
    /// be.</exception>
    public static IReadOnlyList<Detection> Load(string path)
    {
        try
        {
            var folders = Directory
                .GetDirectories(path)
                .Where(f => File.Exists(Path.Combine(f, About)))
                .Order(StringComparer.Ordinal)
                .ToList();
            return folders.Count > 0 ? [.. folders.Select(Read)] : throw Unreadable(path, $"no folder in it has a {About}.", cause: null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw Unreadable(path, e.Message, e);
        }
    }

    private static Detection Read(string folder) =>
        DetectionCatalog.Read(Path.GetFileName(folder), name =>
            Path.Combine(folder, Path.GetFileName(name)) is var file && !File.Exists(file) && Path.GetExtension(file) == ".kql"
                ? ""
                : File.ReadAllText(file)
        );

    private static CannotContinueException Unreadable(string path, string why, Exception? cause) =>
        new(
            "detections-unreadable",
            $"The detections in '{path}' cannot be read: {why}",
            $"It must be a folder with a folder each, and in that {About} and query.sql, as src/Rekey/Detections/Queries/README.md says.",
            cause
        );
}
