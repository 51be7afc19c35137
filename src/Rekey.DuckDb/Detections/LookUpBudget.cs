using Rekey.DuckDb.Files;

namespace Rekey.DuckDb.Detections;

/// <summary>How many bytes of older files may be read to look up outlived tokens, over all look-ups together.</summary>
internal sealed class LookUpBudget(long maxBytes)
{
    private long _taken;

    /// <summary>As many of the files as it allows, in their order; those that are too large are passed over. The very first is taken
    /// whatever its size: else what lies in it would never be read.</summary>
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
