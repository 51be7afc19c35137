using Rekey.Core;
using Rekey.Detections;
using Rekey.DuckDb.Detections;

namespace Rekey.Cli.Detections;

/// <summary>The detections that a sweep runs: the built-in ones and the caller's custom ones.</summary>
internal static class DetectionSet
{
    /// <exception cref="CannotContinueException">A custom detection cannot be read, or has the id of another.</exception>
    public static IReadOnlyList<Detection> Load(string? folder)
    {
        var build = DetectionCatalog.Load();
        var own = folder is null ? [] : DetectionFolder.Load(folder);
        return own.FirstOrDefault(o => build.Any(b => b.Id == o.Id)) is { } taken
            ? throw new CannotContinueException(
                "detection-taken",
                $"The detection '{taken.Id}' in '{folder}' has the id of a built-in detection.",
                "Rename its folder and its id."
            )
            : [.. build.Concat(own).OrderBy(d => d.Id, StringComparer.Ordinal)];
    }
}
