using System.Globalization;

namespace Rekey.Ledgers.Segments;

/// <summary>The name of a segment's blob or file: <c>00000001.ndjson</c>. Names sort as the segments do.</summary>
public static class SegmentName
{
    /// <summary>The name of a segment.</summary>
    public static string Of(int segment) => string.Create(CultureInfo.InvariantCulture, $"{segment:D8}.ndjson");

    /// <summary>The number of the segment with this name; null when it is no segment's name.</summary>
    public static int? NumberOf(string name) =>
        name.Length == 15
        && int.TryParse(name.AsSpan(0, 8), NumberStyles.None, CultureInfo.InvariantCulture, out var segment)
        && segment > 0
        && string.Equals(name, Of(segment), StringComparison.Ordinal)
            ? segment
            : null;
}
