using Rekey.Core;
using Rekey.Detections;

namespace Rekey.DuckDb.Detections;

/// <summary>Loads custom detections: a folder with one subfolder each, in the form of <c>src/Rekey/Detections/Queries/README.md</c>.
/// DuckDB does not need <c>query.kql</c>.</summary>
public static class DetectionFolder
{
    private const string About = "detection.json";

    /// <summary>Loads all detections, by id.</summary>
    /// <exception cref="CannotContinueException"><c>detections-unreadable</c>: there is none, or one of them is invalid.</exception>
    public static IReadOnlyList<Detection> Load(string path)
    {
        try
        {
            var folders = Directory
                .GetDirectories(path)
                .Where(f => File.Exists(Path.Combine(f, About)))
                .Order(StringComparer.Ordinal)
                .ToList();
            return folders.Count > 0 ? [.. folders.Select(Read)] : throw Unreadable(path, $"no subfolder contains a {About}.", cause: null);
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
            $"Make one subfolder per detection, with {About} and query.sql. See src/Rekey/Detections/Queries/README.md.",
            cause
        );
}
