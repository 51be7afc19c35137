using System.Text.Json.Serialization;

namespace Rekey.Detections.Gaps;

/// <summary>A gap as it was found.</summary>
public sealed record TrackedGap(DateTimeOffset From, DateTimeOffset? To, long? Missing, DateTimeOffset FoundAt)
{
    public DateTimeOffset? EndedAt { get; init; }

    public GapEnd? End { get; init; }

    /// <summary>Whether an unissued token may still be explained by it.</summary>
    [JsonIgnore]
    public bool Hides => End is not GapEnd.Closed;

    [JsonIgnore]
    public bool IsSilence => To is null;
}
