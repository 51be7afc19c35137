using Rekey.Core;
using Rekey.Detections;
using Rekey.DuckDb.Detections;

namespace Rekey.Cli.Detections;

/// <summary>The detections that a sweep runs: those of this build, and the caller's own.</summary>
internal static class DetectionSet
{
    /// <exception cref="CannotContinueException">The caller's cannot be read, or one of them bears the name of another.</exception>
    public static IReadOnlyList<Detection> Load(string? folder)
    {
        var build = DetectionCatalog.Load();
        var own = folder is null ? [] : DetectionFolder.Load(folder);
        return own.FirstOrDefault(o => build.Any(b => b.Id == o.Id)) is { } taken
            ? throw new CannotContinueException(
                "detection-taken",
                $"The detection '{taken.Id}' in '{folder}' bears the name of one that comes with rekey.",
                "Give its folder and its id another name."
            )
            : [.. build.Concat(own).OrderBy(d => d.Id, StringComparer.Ordinal)];
    }
}
