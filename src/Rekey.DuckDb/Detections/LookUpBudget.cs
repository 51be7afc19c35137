using Rekey.DuckDb.Files;

namespace Rekey.DuckDb.Detections;

/// <summary>The number of bytes of older files that all look-ups of outlived tokens may read together.</summary>
internal sealed class LookUpBudget(long maxBytes)
{
    private long _taken;

    /// <summary>Takes the files that fit, in their order, and skips files that are too large. It always takes the very first, which
    /// otherwise would never be read.</summary>
    public IReadOnlyList<LogFile> Take(IEnumerable<LogFile> files)
    {
        var taken = new List<LogFile>();
        foreach (var file in files.Where(f => _taken == 0 || _taken + f.Length <= maxBytes))
        {
            _taken += file.Length;
            taken.Add(file);
        }

        return taken;
    }
}
